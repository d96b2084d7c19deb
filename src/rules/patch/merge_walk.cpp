// SPDX-License-Identifier: 0BSD
#include "rules/patch/merge_walk.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/yaml_scalar.hpp"
#include "rules/patch/associative_list.hpp"

namespace patch {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using model::Value;

using Sources = std::span<const Value* const>;

NodeKind kind_of(const Value& value) {
    if (value.is_object()) {
        return NodeKind::kMap;
    }
    return value.is_array() ? NodeKind::kList : NodeKind::kScalar;
}

std::string_view to_string(NodeKind kind) {
    switch (kind) {
        case NodeKind::kNone: return "nothing";
        case NodeKind::kScalar: return "a scalar";
        case NodeKind::kMap: return "a map";
        case NodeKind::kList: return "a list";
    }
    return {};
}

bool has_name(const Value* item) {
    const model::Object* map = item->if_object();
    return map != nullptr && map->contains("name");
}

// An empty list counts as one whose items all have a name.
bool have_names(const model::Array& list) {
    return std::ranges::all_of(list, [](const Value& item) { return has_name(&item); });
}

}  // namespace

void set_field_value(Value& field, Value value) {
    const auto is_number_or_bool = [](const Value& scalar) { return scalar.is_number() || scalar.is_bool(); };
    if (field.is_string() && is_number_or_bool(value)) {
        const std::string_view old = field.get_string();
        const bool was_quoted =
            old.empty() || !model::resolve_plain(old, model::YamlDialect::kKustomize).is_string();
        if (was_quoted) {
            field = scalar_text(value);
            return;
        }
    }
    field = std::move(value);
}

std::string MergePath::text() const {
    return names_.empty() ? "the document" : fmt::format("{}", fmt::join(names_, "."));
}

Error MergePath::error(std::string_view what) const {
    return {ErrorCode::kInvalid, fmt::format("{}: {}", text(), what)};
}

Result<NodeKind> common_kind(Sources sources, const MergePath& path) {
    NodeKind kind = NodeKind::kNone;
    for (const Value* source : sources) {
        if (is_missing(source)) {
            continue;
        }
        const NodeKind own = kind_of(*source);
        if (kind == NodeKind::kNone) {
            kind = own;
        } else if (kind != own) {
            return path.error(fmt::format("{} cannot be merged with {}", to_string(kind), to_string(own)));
        }
    }
    return kind;
}

TypeId resolve_type(const Schema& schema, TypeId type, Sources sources) {
    if (type != kUnknownType) {
        return type;
    }
    for (const Value* source : sources) {
        const model::Object* map = source == nullptr ? nullptr : source->if_object();
        const Value* kind = map == nullptr ? nullptr : map->if_contains("kind");
        const Value* api_version = kind == nullptr ? nullptr : map->if_contains("apiVersion");
        if (api_version == nullptr || !api_version->is_string() || !kind->is_string()) {
            continue;
        }
        const TypeId known = schema.type_of(api_version->get_string(), kind->get_string());
        if (known != kUnknownType) {
            return known;
        }
    }
    return kUnknownType;
}

bool is_associative(const Schema& schema, TypeId type, Sources sources, bool infer) {
    if (type != kUnknownType) {
        return (schema.rule(type).strategy & kStrategyMerge) != 0;
    }
    return infer && std::ranges::any_of(sources, [](const Value* source) {
               return !is_missing(source) && have_names(source->get_array());
           });
}

Result<std::span<const std::string>> inferred_keys(std::span<const std::vector<const Value*>> lists,
                                                   const MergePath& path) {
    static const std::vector<std::string> kName = {"name"};
    bool is_named = false;
    for (const auto& items : lists) {
        if (items.empty()) {
            continue;
        }
        const bool has_names = std::ranges::all_of(items, has_name);
        if (is_named && !has_names) {
            return path.error("some lists to merge have items with names, others without");
        }
        is_named = has_names;
    }
    if (!is_named) {
        return path.error("the items have no key to merge them by");
    }
    return std::span<const std::string>(kName);
}

}  // namespace patch
