// SPDX-License-Identifier: 0BSD
#include "rules/transform/set_entries.hpp"

#include <fmt/format.h>

#include "model/value.hpp"

namespace transform {

base::Result<void> set_entries(Resources& resources, const std::map<std::string, std::string>& pairs,
                               const FieldSpecs& fields) {
    if (pairs.empty()) {
        return {};
    }
    const VisitField set = [&pairs](model::Value& field) -> base::Result<void> {
        if (field.is_null()) {
            field = model::Object();
        }
        model::Object* map = field.if_object();
        if (map == nullptr) {
            return base::Error{
                base::ErrorCode::kInvalid,
                fmt::format("is no map, so that {} cannot be set in it", pairs.begin()->first)};
        }
        for (const auto& [key, text] : pairs) {
            (*map)[key] = text;
        }
        return {};
    };
    FieldVisitor visitor(fields, CreateAs::kMap);
    for (Resource& resource : resources) {
        if (auto done = visitor.visit(resource.object, set); !done) {
            return done;
        }
    }
    return {};
}

}  // namespace transform
