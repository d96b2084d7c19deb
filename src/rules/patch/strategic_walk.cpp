// SPDX-License-Identifier: 0BSD
#include "rules/patch/strategic_walk.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "rules/patch/associative_list.hpp"

namespace patch::strategic {

namespace {

using base::Result;
using model::Array;
using model::Object;
using model::Value;

FieldMeta meta_of(const Schema& schema, TypeId field, TypeId below) {
    const Rule& rule = schema.rule(field);
    return {below, (rule.strategy & kStrategyMerge) != 0, (rule.strategy & kStrategyReplace) != 0,
            (rule.strategy & kStrategyRetainKeys) != 0, rule.merge_key};
}

NodeKind kind_of(const Value& value) {
    if (value.is_null()) {
        return NodeKind::kNone;
    }
    return value.is_object() ? NodeKind::kMap : value.is_array() ? NodeKind::kList : NodeKind::kScalar;
}

// Go's types of JSON values, which must be equal within a list.
int go_type(const Value& value) {
    return value.is_uint64() ? static_cast<int>(boost::json::kind::double_) : static_cast<int>(value.kind());
}

}  // namespace

Result<FieldMeta> map_meta(const Schema& schema, TypeId type, std::string_view field, const MergePath& path) {
    const auto found = schema.struct_field(type, field);
    if (!found) {
        return path.error(fmt::format("the type has no field \"{}\" to merge", field));
    }
    return meta_of(schema, *found, *found);
}

Result<FieldMeta> list_meta(const Schema& schema, TypeId type, std::string_view field,
                            const MergePath& path) {
    const auto found = schema.struct_field(type, field);
    if (!found) {
        return path.error(fmt::format("the type has no field \"{}\" to merge", field));
    }
    switch (schema.shape(*found)) {
        case TypeShape::kScalar: return path.error(fmt::format("the field \"{}\" is no list", field));
        case TypeShape::kStruct: return meta_of(schema, *found, *found);
        case TypeShape::kList: break;
    }
    const TypeId items = schema.element(*found);
    if (schema.shape(items) == TypeShape::kList) {
        return path.error(fmt::format("the field \"{}\" is a list of lists", field));
    }
    return meta_of(schema, *found, items);
}

Result<NodeKind> item_kind(std::span<const Array* const> lists, const MergePath& path) {
    const Value* first = nullptr;
    for (const Array* list : lists) {
        for (const Value& item : *list) {
            if (item.is_array()) {
                return path.error("lists of lists cannot be merged");
            }
            first = first == nullptr ? &item : first;
            if (go_type(item) != go_type(*first)) {
                return path.error("the lists hold items of different types");
            }
        }
    }
    if (first == nullptr || first->is_null()) {
        return path.error("the lists hold nothing that can be merged");
    }
    return kind_of(*first);
}

std::string identity(const Value& item, std::string_view merge_key) {
    const Value* key = &item;
    if (!merge_key.empty()) {
        const Object* map = item.if_object();
        key = map == nullptr ? nullptr : map->if_contains(merge_key);
    }
    if (is_missing(key)) {
        return {};
    }
    return fmt::format("{}{}", static_cast<char>('a' + go_type(*key)), scalar_text(*key));
}

Result<void> check_items(const Array& list, std::string_view merge_key, const MergePath& path) {
    for (const Value& item : list) {
        if (merge_key.empty()) {
            if (item.is_structured()) {
                return path.error("the lists have no merge key, and hold items that are no scalars");
            }
            continue;
        }
        const Object* map = item.if_object();
        if (map == nullptr) {
            return path.error(
                fmt::format("a list that merges by \"{}\" holds an item that is no map", merge_key));
        }
        const Value* key = map->if_contains(merge_key);
        if (key == nullptr || key->is_structured()) {
            return path.error(fmt::format("an item of a list has no merge key \"{}\"", merge_key));
        }
    }
    return {};
}

bool has_directive(const Value& item, std::string_view directive) {
    const Object* map = item.if_object();
    const Value* said = map == nullptr ? nullptr : map->if_contains(kDirective);
    return said != nullptr && said->is_string() && said->get_string() == directive;
}

void sort_scalars(Array& list) {
    std::vector<std::pair<std::string, std::size_t>> order;
    for (std::size_t i = 0; i < list.size(); ++i) {
        order.emplace_back(scalar_text(list[i]), i);
    }
    std::ranges::sort(order);
    Array sorted(list.storage());
    sorted.reserve(list.size());
    for (const auto& [text, i] : order) {
        sorted.push_back(std::move(list[i]));
    }
    list = std::move(sorted);
}

void remove_duplicates(Array& list) {
    std::unordered_set<std::string> seen;
    Array kept(list.storage());
    for (Value& item : list) {
        if (seen.insert(identity(item, "")).second) {
            kept.push_back(std::move(item));
        }
    }
    list = std::move(kept);
}

Result<std::string_view> list_name(std::string_view field, std::string_view prefix, const MergePath& path) {
    if (!field.substr(prefix.size()).starts_with('/')) {
        return path.error(
            fmt::format("the field \"{}\" should be \"{}/\" and the name of a list", field, prefix));
    }
    return field.substr(prefix.size() + 1);
}

}  // namespace patch::strategic
