// SPDX-License-Identifier: 0BSD
#include "rules/transform/metadata_texts.hpp"

#include <string>

#include "rules/transform/scalar_text.hpp"
#include "rules/transform/shared_entries.hpp"

namespace transform {

void rewrite_metadata_map(model::Value& object, std::string_view key) {
    model::Object* fields = object.if_object();
    model::Value* metadata = fields == nullptr ? nullptr : fields->if_contains("metadata");
    fields = metadata == nullptr ? nullptr : metadata->if_object();
    model::Value* value = fields == nullptr ? nullptr : fields->if_contains(key);
    if (value == nullptr) {
        return;
    }
    model::Object* map = value->if_object();
    if (map == nullptr || map->empty()) {
        fields->erase(key);
        return;
    }
    for (auto& entry : *map) {
        if (!entry.value().is_string()) {
            entry.value() =
                entry.value().is_null() ? "null" : text_of_scalar(entry.value()).value_or(std::string());
        }
    }
}

void rewrite_annotations(Resource& resource) {
    forget_shared_annotations(resource);
    rewrite_metadata_map(resource.object, "annotations");
}

}  // namespace transform
