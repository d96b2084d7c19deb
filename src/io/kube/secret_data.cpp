// SPDX-License-Identifier: 0BSD
#include "io/kube/secret_data.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/base64.hpp"

namespace kube {

base::Result<std::map<std::string, base::Secret>> secret_data(const model::Value& secret) {
    std::map<std::string, base::Secret> entries;
    const model::Object* data = model::find_object(secret, {"data"});
    if (data == nullptr) {
        return entries;
    }
    for (const auto& field : *data) {
        if (!field.value().is_string()) {
            continue;
        }
        auto decoded = base::decode_base64(field.value().get_string());
        if (!decoded) {
            return base::Error{base::ErrorCode::kInvalid,
                               fmt::format("key \"{}\" is no base64", std::string_view(field.key()))};
        }
        entries.emplace(field.key(), std::move(*decoded));
    }
    return entries;
}

}  // namespace kube
