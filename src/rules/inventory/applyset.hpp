// SPDX-License-Identifier: 0BSD
// ApplySet ids and the metadata of an ApplySet's parent, as kubectl defines them.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "rules/inventory/entry.hpp"

namespace inventory {

// "applyset-<base64url of SHA-256 of name.namespace.kind.group>-v1".
std::string applyset_id(const model::ObjectId& parent);
// The id of a stage, whose parent is its shard 0.
std::string stage_applyset_id(std::string_view stageset, std::string_view ns, std::string_view stage);

struct ParentMetadata {
    std::map<std::string, std::string> labels;
    std::map<std::string, std::string> annotations;
};
// What a parent carries that tells other tools its members' kinds and namespaces.
ParentMetadata parent_metadata(const model::ObjectId& parent, std::span<const Entry> members);

}  // namespace inventory
