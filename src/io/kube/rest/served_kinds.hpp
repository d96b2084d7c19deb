// SPDX-License-Identifier: 0BSD
// ServedKinds: which kinds a server serves, and how; read from its discovery documents.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "io/kube/client.hpp"

namespace kube {

class ServedKinds {
public:
    // nullptr where the server does not serve it.
    const Resource* find(const GroupVersionKind& gvk) const;
    // The same in the version of the group that the server prefers.
    const Resource* find_preferred(std::string_view group, std::string_view kind) const;
    // The resource that takes objects of `gvk` at a subresource ("TokenRequest" at "token": serviceaccounts). nullptr also
    // where several do ("Scale" at "scale").
    const Resource* find_parent(const GroupVersionKind& gvk, std::string_view subresource) const;
    // The server could not tell what this group's version holds (its extension server is down).
    bool is_stale(std::string_view group, std::string_view version) const;
    // One version of the group is stale.
    bool is_stale(std::string_view group) const;

    // In the order of the server's preference within a group.
    void add(Resource resource);
    void add_subresource(const Resource& parent, GroupVersionKind gvk, std::string_view subresource);
    void add_stale(std::string_view group, std::string_view version);

private:
    std::map<GroupVersionKind, Resource> resources_;
    std::map<std::pair<std::string, std::string>, Resource> preferred_;
    // Empty: several parents.
    std::map<std::pair<GroupVersionKind, std::string>, std::optional<Resource>> parents_;
    std::set<std::pair<std::string, std::string>> stale_;
};

// Whether a document is an aggregated one.
bool is_aggregated_discovery(const Value& document);

// Reads an APIGroupDiscoveryList (v2 or v2beta1): the answer of /api or /apis. Entries that make no sense are left out.
// Errors: kInvalid (it is none).
base::Result<ServedKinds> parse_aggregated_discovery(const Value& document);

// Reads one group version's APIResourceList into `kinds`. Errors: kInvalid (it is none).
base::Result<void> parse_resource_list(const Value& document, std::string_view group,
                                       std::string_view version, ServedKinds& kinds);

// The versions of a legacy /api (APIVersions) or /apis (APIGroupList), the preferred one of each group first.
base::Result<std::vector<std::pair<std::string, std::string>>> parse_group_versions(const Value& document);

}  // namespace kube
