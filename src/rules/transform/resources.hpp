// SPDX-License-Identifier: 0BSD
// Resources: the list of objects of a build; lookups by present and earlier ids, and the ways to add to it.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.hpp"
#include "rules/transform/resource.hpp"
#include "rules/transform/scopes.hpp"

namespace transform {

// Remembers the present id as a previous one; called before each change of name, namespace or kind.
void remember_id(Resource& resource);
// The previous ids, oldest first. Group and version are the present ones: kustomize remembers kinds and names only.
std::vector<ResourceId> previous_ids(const Resource& resource);

// "default" for an empty namespace, and one word of its own for all kinds outside namespaces.
std::string_view effective_namespace(const ResourceId& id, const Scopes& scopes);
// Same kind, name and effective namespace.
bool same_id(const ResourceId& left, const ResourceId& right, const Scopes& scopes);

// Whether a patch removed the object.
bool is_deleted(const Resource& resource);
// Takes out the deleted ones; called after each transformer.
void drop_deleted(Resources& resources);

// The indices of those whose present id is `id`, or whose present or a previous id is.
std::vector<std::size_t> find_by_current_id(const Resources& resources, const ResourceId& id,
                                            const Scopes& scopes);
std::vector<std::size_t> find_by_any_id(const Resources& resources, const ResourceId& id,
                                        const Scopes& scopes);
// The only one with that present or previous id. Errors: kInvalid (none, several; as kustomize says it).
base::Result<std::size_t> find_one(const Resources& resources, const ResourceId& id, const Scopes& scopes);

// The first whose present id an earlier one has, too, or nullptr. Deleted ones do not count.
const Resource* find_twin(const Resources& resources, const Scopes& scopes);

// A list that grows, with its present ids beside it, so that many small additions stay cheap. References outlive this; nobody
// else changes the list meanwhile.
class Appender {
public:
    Appender(Resources& into, const Scopes& scopes);
    // Errors: kInvalid (an object of the same id is there: "may not add resource with an already registered id: …")
    base::Result<void> append(Resource resource);

private:
    Resources* into_;
    const Scopes* scopes_;
    std::unordered_set<std::string> ids_;
};

// Appends all, or fails at the first whose id is there already. Errors: kInvalid.
base::Result<void> append(Resources& into, Resources more, const Scopes& scopes);

// Adds what a generator made, each by its `behavior`: create appends, merge and replace need exactly one resource with that
// present or previous id. Errors: kInvalid (it is missing, ambiguous or there although the behaviour is create).
base::Result<void> absorb(Resources& into, Resources generated, const Scopes& scopes);

}  // namespace transform
