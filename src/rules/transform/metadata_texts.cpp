// SPDX-License-Identifier: 0BSD
#include "rules/transform/metadata_texts.hpp"

#include <string>

#include "model/json.hpp"
#include "rules/transform/shared_entries.hpp"

namespace transform {

void make_text(model::Value& value) {
    if (!value.is_string()) {
        value = value.is_structured() ? std::string() : model::to_json(value);
    }
}

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
        make_text(entry.value());
    }
}

void rewrite_annotations(Resource& resource) {
    forget_shared_annotations(resource);
    rewrite_metadata_map(resource.object, "annotations");
}

}  // namespace transform
