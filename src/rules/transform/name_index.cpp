// SPDX-License-Identifier: 0BSD
#include "rules/transform/name_index.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace transform {

bool has_id(const Resource& resource, const IdView& id, const Scopes& scopes) {
    // Names differ most often, and are the cheapest to look at.
    if (model::name_of(resource.object) == id.name && same_id(view_of(resource.object), id, scopes)) {
        return true;
    }
    for (std::size_t index = 0; index < resource.previous.size(); ++index) {
        if (resource.previous[index].name == id.name && same_id(previous_view(resource, index), id, scopes)) {
            return true;
        }
    }
    return false;
}

base::Result<std::size_t> only_one(const std::vector<std::size_t>& found, const ResourceId& id) {
    if (found.size() == 1) {
        return found.front();
    }
    const std::string text = id.text();
    return base::Error{base::ErrorCode::kInvalid,
                       fmt::format("{} for Id {}; failed to find unique target for patch {}",
                                   found.empty() ? "no matches" : "multiple matches", text, text)};
}

NameIndex::NameIndex(const Resources& resources) {
    for (std::size_t index = 0; index < resources.size(); ++index) {
        add(resources[index], index);
    }
}

void NameIndex::add(const Resource& resource, std::size_t index) {
    indices_[std::string(model::name_of(resource.object))].push_back(index);
    for (const ResourceId& id : resource.previous) {
        indices_[id.name].push_back(index);
    }
}

std::vector<std::size_t> NameIndex::find(const Resources& resources, const IdView& id,
                                         const Scopes& scopes) const {
    std::vector<std::size_t> found;
    const auto named = indices_.find(std::string(id.name));
    if (named == indices_.end()) {
        return found;
    }
    for (const std::size_t index : named->second) {
        if (has_id(resources[index], id, scopes) && std::ranges::find(found, index) == found.end()) {
            found.push_back(index);
        }
    }
    return found;
}

}  // namespace transform
