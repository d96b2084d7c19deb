// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/secret_mask.hpp"

#include <fmt/format.h>

#include "model/json.hpp"

namespace stagesetctl {

void SecretMask::apply(model::Value& object) {
    const std::string_view api_version = model::find_string(object, {"apiVersion"});
    if (model::find_string(object, {"kind"}) != "Secret" || (!api_version.empty() && api_version != "v1")) {
        return;
    }
    mask_values(object, "data");
    mask_values(object, "stringData");
}

void SecretMask::mask_values(model::Value& object, std::string_view field) {
    if (model::find_object(object, {field}) == nullptr) {
        return;
    }
    std::map<std::string_view, model::Value*> sorted;
    for (auto& entry : model::ensure_object(object, {field})) {
        sorted.emplace(entry.key(), &entry.value());
    }
    for (const auto& [key, value] : sorted) {
        std::string raw =
            value->is_string() ? std::string(std::string_view(value->get_string())) : model::to_json(*value);
        const std::size_t number = numbers_.try_emplace(std::move(raw), numbers_.size() + 1).first->second;
        *value = fmt::format("<-- value not shown (#{})", number);
    }
}

}  // namespace stagesetctl
