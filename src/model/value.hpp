// SPDX-License-Identifier: 0BSD
// Value: a Kubernetes object, or a part of one, as a JSON tree; and the lookups that every reader of one needs.
#pragma once

#include <compare>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace model {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

// The value below `keys` ("metadata", "labels", …), or nullptr where a key is missing or its parent is no map.
const Value* find(const Value& root, std::initializer_list<std::string_view> keys);
// The text, integer or bool below `keys`; empty, nullopt or false when absent or of another type. Integers of any JSON
// number type that hold a whole number count.
std::string_view find_string(const Value& root, std::initializer_list<std::string_view> keys);
std::optional<std::int64_t> find_integer(const Value& root, std::initializer_list<std::string_view> keys);
std::optional<bool> find_bool(const Value& root, std::initializer_list<std::string_view> keys);
// The list or map below `keys`, or nullptr.
const Array* find_array(const Value& root, std::initializer_list<std::string_view> keys);
const Object* find_object(const Value& root, std::initializer_list<std::string_view> keys);
// The map below `keys`, made (with each missing or non-map parent) when absent. `root` must be a map.
Object& ensure_object(Value& root, std::initializer_list<std::string_view> keys);

// Group, version and kind; an empty group is the core group.
struct GroupVersionKind {
    std::string group;
    std::string version;
    std::string kind;

    auto operator<=>(const GroupVersionKind&) const = default;
    // "apps/v1", or "v1" for the core group.
    std::string api_version() const;
    // "apps/v1, Kind=Deployment", as metrics and messages print it.
    std::string text() const;
};
// Splits "apps/v1" and "v1" into group and version.
GroupVersionKind parse_gvk(std::string_view api_version, std::string_view kind);
GroupVersionKind gvk_of(const Value& object);

// Names one object within a cluster; its version does not belong to its identity.
struct ObjectId {
    std::string group;
    std::string kind;
    std::string ns;  // empty for cluster-scoped objects
    std::string name;

    auto operator<=>(const ObjectId&) const = default;
    // "Deployment/t/web", or "Namespace/t": the form of messages and events.
    std::string text() const;
};
ObjectId id_of(const Value& object);

std::string_view name_of(const Value& object);
std::string_view namespace_of(const Value& object);
std::string_view uid_of(const Value& object);
std::string_view resource_version_of(const Value& object);
std::int64_t generation_of(const Value& object);
// The label's or annotation's text, or nullopt.
std::optional<std::string_view> label_of(const Value& object, std::string_view key);
std::optional<std::string_view> annotation_of(const Value& object, std::string_view key);

// Whether its deletion was asked for and is not over yet.
bool is_deleting(const Value& object);
// The entry of `status.conditions` with that type, or nullptr.
const Value* find_condition(const Value& object, std::string_view type);

// Deep equality in which a missing key, null, an empty map and an empty list are the same.
bool equal_modulo_empty(const Value& left, const Value& right);

}  // namespace model
