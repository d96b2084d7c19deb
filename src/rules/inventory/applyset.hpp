// SPDX-License-Identifier: 0BSD
// ApplySet ids and the metadata of an ApplySet's parent, as kubectl defines them.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/inventory/entry.hpp"

namespace inventory {

// "applyset-<base64url of SHA-256 of name.namespace.kind.group>-v1".
std::string applyset_id(const model::ObjectId& parent);
// The id of a stage, whose parent is its shard 0.
std::string stage_applyset_id(std::string_view stageset, std::string_view ns, std::string_view stage);

// What a parent may carry.
inline constexpr std::array<std::string_view, 1> kParentLabels = {"applyset.kubernetes.io/id"};
inline constexpr std::array<std::string_view, 3> kParentAnnotations = {
    "applyset.kubernetes.io/tooling", "applyset.kubernetes.io/contains-group-kinds",
    "applyset.kubernetes.io/additional-namespaces"};

// Where the members of an ApplySet are, in the words of its annotations.
struct Membership {
    std::string kinds;                    // "ConfigMap,Deployment.apps", sorted
    std::vector<std::string> namespaces;  // sorted

    bool operator==(const Membership&) const = default;
};
Membership membership_of(std::span<const Entry> members);

struct ParentMetadata {
    std::map<std::string, std::string> labels;
    std::map<std::string, std::string> annotations;

    bool operator==(const ParentMetadata&) const = default;
};
// What a parent carries that tells other tools its members' kinds and namespaces. Other namespaces are left out where they
// would not fit into an object's annotations.
ParentMetadata parent_metadata(const model::ObjectId& parent, const Membership& members);
// What of that `object` carries now.
ParentMetadata parent_metadata_in(const model::Value& object);

}  // namespace inventory
