// SPDX-License-Identifier: 0BSD
// IdView: the id of an object without copies, valid as long as the object stands unchanged.
#pragma once

#include <string>
#include <string_view>

#include "model/value.hpp"
#include "rules/transform/resource.hpp"
#include "rules/transform/scopes.hpp"

namespace transform {

struct IdView {
    std::string_view group;
    std::string_view version;
    std::string_view kind;
    std::string_view name;
    std::string_view ns;
};

// The text at `key`, or empty where it is missing or no text.
std::string_view text_at(const model::Object& map, std::string_view key);
std::string_view text_view(const boost::json::string& text);

// As the original splits: at the first slash.
model::GroupVersionKind split_gvk(std::string_view api_version, std::string_view kind);

IdView view_of(const model::Value& object);
IdView view_of(const ResourceId& id);
// `previous[index]` of `resource`, with its present group and version.
IdView previous_view(const Resource& resource, std::size_t index);
IdView original_view(const Resource& resource);

std::string_view effective_namespace(const IdView& id, const Scopes& scopes);
bool same_id(const IdView& left, const IdView& right, const Scopes& scopes);

ResourceId to_id(const IdView& view);
// "Deployment.v1.apps/web.[noNs]"
std::string text_of(const IdView& id);
// "Deployment.v1.apps"
std::string gvk_text(std::string_view group, std::string_view version, std::string_view kind);

}  // namespace transform
