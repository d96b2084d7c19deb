// SPDX-License-Identifier: 0BSD
#include "engine/apply/finalizers.hpp"

namespace apply {

std::string finalizers_of(const model::Value& object) {
    std::string text;
    if (const model::Array* finalizers = model::find_array(object, {"metadata", "finalizers"})) {
        for (const model::Value& finalizer : *finalizers) {
            if (finalizer.is_string()) {
                text += (text.empty() ? "" : ", ") + std::string(finalizer.get_string());
            }
        }
    }
    return text;
}

}  // namespace apply
