// SPDX-License-Identifier: 0BSD
#include "model/value.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/invariant.hpp"
#include "model/number_text.hpp"

namespace model {
namespace {

std::string_view view(const boost::json::string& text) { return {text.data(), text.size()}; }

std::string_view text_or_empty(const Value* value) {
    const boost::json::string* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string_view() : view(*text);
}

// The whole number in a JSON number of any kind.
std::optional<std::int64_t> whole_number(const Value& value) {
    if (const std::int64_t* number = value.if_int64()) {
        return *number;
    }
    if (const std::uint64_t* number = value.if_uint64()) {
        return std::in_range<std::int64_t>(*number) ? std::optional(static_cast<std::int64_t>(*number))
                                                    : std::nullopt;
    }
    if (const double* number = value.if_double()) {
        return integer_in_json(*number);
    }
    return std::nullopt;
}

bool is_empty(const Value& value) {
    if (value.is_null()) {
        return true;
    }
    if (const Array* array = value.if_array()) {
        return array->empty();
    }
    if (const Object* object = value.if_object()) {
        return std::ranges::all_of(*object, [](const auto& entry) { return is_empty(entry.value()); });
    }
    return false;
}

bool equal_numbers(const Value& left, const Value& right) {
    const auto left_whole = whole_number(left);
    const auto right_whole = whole_number(right);
    if (left_whole || right_whole) {
        return left_whole == right_whole;
    }
    return left.to_number<double>() == right.to_number<double>();
}

bool equal_objects(const Object& left, const Object& right) {
    for (const auto& entry : left) {
        const Value* other = right.if_contains(entry.key());
        if (other == nullptr ? !is_empty(entry.value()) : !equal_modulo_empty(entry.value(), *other)) {
            return false;
        }
    }
    return std::ranges::all_of(right, [&left](const auto& entry) {
        return left.if_contains(entry.key()) != nullptr || is_empty(entry.value());
    });
}

std::optional<std::string_view> metadata_entry(const Value& object, std::string_view map,
                                               std::string_view key) {
    const Value* value = find(object, {"metadata", map, key});
    if (value == nullptr || !value->is_string()) {
        return std::nullopt;
    }
    return view(value->get_string());
}

}  // namespace

const Value* find(const Value& root, std::initializer_list<std::string_view> keys) {
    const Value* current = &root;
    for (const std::string_view key : keys) {
        const Object* object = current->if_object();
        current = object == nullptr ? nullptr : object->if_contains(key);
        if (current == nullptr) {
            return nullptr;
        }
    }
    return current;
}

std::string_view find_string(const Value& root, std::initializer_list<std::string_view> keys) {
    return text_or_empty(find(root, keys));
}

std::optional<std::int64_t> find_integer(const Value& root, std::initializer_list<std::string_view> keys) {
    const Value* value = find(root, keys);
    return value == nullptr ? std::nullopt : whole_number(*value);
}

std::optional<bool> find_bool(const Value& root, std::initializer_list<std::string_view> keys) {
    const Value* value = find(root, keys);
    return value == nullptr || !value->is_bool() ? std::nullopt : std::optional(value->get_bool());
}

const Array* find_array(const Value& root, std::initializer_list<std::string_view> keys) {
    const Value* value = find(root, keys);
    return value == nullptr ? nullptr : value->if_array();
}

const Object* find_object(const Value& root, std::initializer_list<std::string_view> keys) {
    const Value* value = find(root, keys);
    return value == nullptr ? nullptr : value->if_object();
}

Object& ensure_object(Value& root, std::initializer_list<std::string_view> keys) {
    base::invariant(root.is_object(), "ensure_object needs a map to start from");
    Value* current = &root;
    for (const std::string_view key : keys) {
        current = &current->get_object()[key];
        if (!current->is_object()) {
            current->emplace_object();
        }
    }
    return current->get_object();
}

std::string GroupVersionKind::api_version() const { return group.empty() ? version : group + "/" + version; }

std::string GroupVersionKind::text() const { return fmt::format("{}, Kind={}", api_version(), kind); }

GroupVersionKind parse_gvk(std::string_view api_version, std::string_view kind) {
    const std::size_t slash = api_version.find('/');
    if (slash == std::string_view::npos) {
        return {{}, std::string(api_version), std::string(kind)};
    }
    return {std::string(api_version.substr(0, slash)), std::string(api_version.substr(slash + 1)),
            std::string(kind)};
}

GroupVersionKind gvk_of(const Value& object) {
    return parse_gvk(find_string(object, {"apiVersion"}), find_string(object, {"kind"}));
}

std::string ObjectId::text() const {
    return ns.empty() ? fmt::format("{}/{}", kind, name) : fmt::format("{}/{}/{}", kind, ns, name);
}

ObjectId id_of(const Value& object) {
    GroupVersionKind gvk = gvk_of(object);
    return {std::move(gvk.group), std::move(gvk.kind), std::string(namespace_of(object)),
            std::string(name_of(object))};
}

std::string_view name_of(const Value& object) { return find_string(object, {"metadata", "name"}); }
std::string_view namespace_of(const Value& object) { return find_string(object, {"metadata", "namespace"}); }
std::string_view uid_of(const Value& object) { return find_string(object, {"metadata", "uid"}); }
std::string_view resource_version_of(const Value& object) {
    return find_string(object, {"metadata", "resourceVersion"});
}
std::int64_t generation_of(const Value& object) {
    return find_integer(object, {"metadata", "generation"}).value_or(0);
}

std::optional<std::string_view> label_of(const Value& object, std::string_view key) {
    return metadata_entry(object, "labels", key);
}

std::optional<std::string_view> annotation_of(const Value& object, std::string_view key) {
    return metadata_entry(object, "annotations", key);
}

bool is_deleting(const Value& object) { return find(object, {"metadata", "deletionTimestamp"}) != nullptr; }

const Value* find_condition(const Value& object, std::string_view type) {
    const Array* conditions = find_array(object, {"status", "conditions"});
    if (conditions == nullptr) {
        return nullptr;
    }
    for (const Value& condition : *conditions) {
        if (find_string(condition, {"type"}) == type) {
            return &condition;
        }
    }
    return nullptr;
}

bool equal_modulo_empty(const Value& left, const Value& right) {
    if (is_empty(left) || is_empty(right)) {
        return is_empty(left) && is_empty(right);
    }
    if (left.is_number() && right.is_number()) {
        return equal_numbers(left, right);
    }
    if (left.is_object() && right.is_object()) {
        return equal_objects(left.get_object(), right.get_object());
    }
    if (left.is_array() && right.is_array()) {
        return std::ranges::equal(left.get_array(), right.get_array(), equal_modulo_empty);
    }
    return left == right;
}

}  // namespace model
