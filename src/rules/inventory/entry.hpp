// SPDX-License-Identifier: 0BSD
// Inventory entries: which objects a stage owns, their text form, and sets of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"

namespace inventory {

// One applied object. The version does not belong to its identity; it says how to reach the object.
struct Entry {
    model::ObjectId id;
    std::string version;  // "v1", without the group

    bool operator==(const Entry&) const = default;
    model::GroupVersionKind gvk() const { return {id.group, version, id.kind}; }
};

// The entry of an object that carries apiVersion, kind, name and (unless cluster-scoped) namespace.
Entry entry_of(const model::Value& object);

// "<namespace>_<name>_<group>_<kind>": "payments_web_apps_Deployment", "_t__Namespace".
std::string encode_id(const model::ObjectId& id);
// Reads encode_id's form; a name may contain underscores. Errors: kInvalid.
base::Result<model::ObjectId> parse_id(std::string_view text);

// A set of entries: sorted bytewise by encoded id, one entry an id.
using Entries = std::vector<Entry>;

// Sorts and drops duplicates; of two entries with one id the later stays.
Entries make_entries(std::vector<Entry> entries);
// The entries of such objects.
Entries entries_of(std::span<const model::Value> objects);
// All of both; where both know an id, `newer` says its version.
Entries unite(const Entries& older, const Entries& newer);
// What is in `entries` and not in `without`.
Entries subtract(const Entries& entries, const Entries& without);
bool contains(const Entries& entries, const model::ObjectId& id);

// The objects of `previous` that no stage claims any more.
Entries prune_candidates(const Entries& previous, std::span<const Entries> desired_all);

// An object that more than one stage claims.
struct DuplicateClaim {
    model::ObjectId id;
    std::size_t first_stage = 0;  // positions in `desired_all`
    std::size_t second_stage = 0;
};
std::vector<DuplicateClaim> duplicate_claims(std::span<const Entries> desired_all);

}  // namespace inventory
