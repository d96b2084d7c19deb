// SPDX-License-Identifier: 0BSD
// Field ownership and patches of the fake API server: who owns which leaf, and what an apply changes.
#pragma once

#include <compare>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/value.hpp"

namespace kube::testing {

using model::Value;

// Map keys from the root; lists are leaves, so that they are owned and replaced as a whole.
using FieldPathKeys = std::vector<std::string>;
using Fields = std::set<FieldPathKeys>;

struct Manager {
    std::string name;
    std::string operation;    // "Apply" or "Update"
    std::string subresource;  // "status" or empty
    auto operator<=>(const Manager&) const = default;
};
using Owners = std::map<Manager, Fields>;

struct FieldConflict {
    std::string manager;
    std::string field;  // ".spec.replicas"
};

// The leaves of an object, without those that the server alone writes or that identify the object.
Fields leaves_of(const Value& object);

// Fields of `body` that another manager owns and that it would change.
std::vector<FieldConflict> conflicts_of(const Value& live, const Owners& owners, const Manager& manager,
                                        const Value& body);

// Server-side apply: `live` with `body` merged in; fields that `manager` applied before and now left out are removed
// unless somebody else owns them too. Other managers lose what changes.
Value apply_fields(Value live, Owners& owners, const Manager& manager, const Value& body);

// Records that `manager` changed `before` to `after` by another way than apply.
void note_update(const Value& before, const Value& after, Owners& owners, const Manager& manager);

// RFC 7386.
void merge_patch(Value& target, const Value& patch);

// metadata.managedFields as the server writes it.
model::Array managed_fields(const Owners& owners, const std::string& api_version, const std::string& time);
// The way back.
Owners owners_of(const model::Array& managed_fields);

}  // namespace kube::testing
