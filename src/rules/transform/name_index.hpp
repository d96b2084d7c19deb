// SPDX-License-Identifier: 0BSD
// NameIndex: the resources of a list by each name that they have or had, for many lookups by id.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "rules/transform/id_view.hpp"
#include "rules/transform/resource.hpp"
#include "rules/transform/scopes.hpp"

namespace transform {

// Whether the present or a previous id is `id`.
bool has_id(const Resource& resource, const IdView& id, const Scopes& scopes);

// The element of `found`, the resources that `id` names. Errors: kInvalid (none, several; as the original says it).
base::Result<std::size_t> only_one(const std::vector<std::size_t>& found, const ResourceId& id);

// True to the list that it was made from, as long as that neither shrinks nor changes its order.
class NameIndex {
public:
    explicit NameIndex(const Resources& resources);
    // A resource that came to the list, or a further name of one in it.
    void add(const Resource& resource, std::size_t index);
    // As find_by_any_id().
    std::vector<std::size_t> find(const Resources& resources, const IdView& id, const Scopes& scopes) const;

private:
    std::unordered_map<std::string, std::vector<std::size_t>> indices_;
};

}  // namespace transform
