// SPDX-License-Identifier: 0BSD
// Resources from YAML and back, for tests.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "model/yaml.hpp"
#include "rules/patch/schema.hpp"
#include "rules/transform/resource.hpp"
#include "rules/transform/scopes.hpp"

namespace transform::testing {

inline model::Value value(std::string_view yaml) {
    return model::parse_yaml_one(yaml, "test", {}, model::YamlDialect::kKustomize).value();
}

inline Resources objects(std::string_view yaml) {
    Resources resources;
    for (model::YamlDocument& document :
         model::parse_yaml(yaml, "test", {}, model::YamlDialect::kKustomize).value()) {
        Resource resource;
        resource.object = std::move(document.value);
        resources.push_back(std::move(resource));
    }
    return resources;
}

inline Resource object(std::string_view yaml) { return std::move(objects(yaml).front()); }

// The objects with "---" between them.
inline std::string text(const Resources& resources) {
    std::string result;
    for (const Resource& resource : resources) {
        result += (result.empty() ? "" : "---\n") + model::to_yaml(resource.object);
    }
    return result;
}

// The same text, laid out as text() does.
inline std::string tidy(std::string_view yaml) { return text(objects(yaml)); }

inline const Scopes& scopes() {
    static const std::shared_ptr<const patch::Schema> kSchema = patch::kustomize_schema();
    static const Scopes kScopes(*kSchema);
    return kScopes;
}

}  // namespace transform::testing
