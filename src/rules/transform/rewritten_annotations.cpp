// SPDX-License-Identifier: 0BSD
#include "rules/transform/rewritten_annotations.hpp"

#include <string>

#include "rules/transform/scalar_text.hpp"
#include "rules/transform/shared_entries.hpp"

namespace transform {

void rewrite_annotations(Resource& resource) {
    forget_shared_annotations(resource);
    model::Object* object = resource.object.if_object();
    model::Value* metadata = object == nullptr ? nullptr : object->if_contains("metadata");
    model::Object* fields = metadata == nullptr ? nullptr : metadata->if_object();
    model::Value* annotations = fields == nullptr ? nullptr : fields->if_contains("annotations");
    if (annotations == nullptr) {
        return;
    }
    model::Object* map = annotations->if_object();
    if (map == nullptr || map->empty()) {
        fields->erase("annotations");
        return;
    }
    for (auto& entry : *map) {
        if (!entry.value().is_string()) {
            entry.value() =
                entry.value().is_null() ? "null" : text_of_scalar(entry.value()).value_or(std::string());
        }
    }
}

}  // namespace transform
