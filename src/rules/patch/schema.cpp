// SPDX-License-Identifier: 0BSD
#include "rules/patch/schema.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "rules/patch/types.hpp"

namespace patch {

namespace {

Rule unpack(const RuleRow& row) {
    Rule rule{row.strategy, std::string(row.merge_key), {}};
    std::string_view rest = row.map_keys.empty() ? row.merge_key : row.map_keys;
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        rule.keys.emplace_back(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return rule;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_in_any_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, {}, lower, lower);
}

}  // namespace

Schema::Schema(Tables tables, std::shared_ptr<const Schema> scopes)
    : tables_(tables), scopes_(std::move(scopes)) {
    rules_.reserve(tables_.rules.size());
    std::ranges::transform(tables_.rules, std::back_inserter(rules_), unpack);
}

const KindRow* Schema::find_kind(std::string_view api_version, std::string_view kind) const {
    const auto key = [](const KindRow& row) { return std::tuple(row.kind, row.api_version); };
    const auto found = std::ranges::lower_bound(tables_.kinds, std::tuple(kind, api_version), {}, key);
    const bool is_found =
        found != tables_.kinds.end() && found->kind == kind && found->api_version == api_version;
    return is_found ? &*found : nullptr;
}

TypeId Schema::type_of(std::string_view api_version, std::string_view kind) const {
    const KindRow* row = find_kind(api_version, kind);
    return row == nullptr ? kUnknownType : row->type;
}

std::optional<bool> Schema::is_namespaced(std::string_view api_version, std::string_view kind) const {
    if (scopes_ != nullptr) {
        if (const auto known = scopes_->is_namespaced(api_version, kind)) {
            return known;
        }
    }
    const KindRow* row = find_kind(api_version, kind);
    return row == nullptr || row->scope < 0 ? std::nullopt : std::optional(row->scope == 1);
}

TypeId Schema::field(TypeId type, std::string_view name) const {
    if (type <= kPlainType) {
        return type;
    }
    const TypeRow& row = tables_.types[type];
    if (row.shape == TypeShape::kList) {
        return kUnknownType;
    }
    const auto fields = tables_.fields.subspan(row.first_field, row.field_count);
    const auto found =
        std::ranges::lower_bound(fields, name, {}, [this](const FieldRow& field) { return name_of(field); });
    return found != fields.end() && name_of(*found) == name ? found->type : row.element;
}

std::optional<TypeId> Schema::struct_field(TypeId type, std::string_view name) const {
    const TypeRow& row = tables_.types[type];
    const auto fields = tables_.fields.subspan(row.first_field, row.field_count);
    const auto by_name = [this](const FieldRow& field) { return name_of(field); };
    const auto found = std::ranges::lower_bound(fields, name, {}, by_name);
    if (found != fields.end() && name_of(*found) == name) {
        return found->type;
    }
    const auto like = std::ranges::find_if(
        fields, [&](const FieldRow& field) { return equal_in_any_case(name_of(field), name); });
    return like == fields.end() ? std::nullopt : std::optional(like->type);
}

TypeId Schema::element(TypeId type) const {
    if (type <= kPlainType) {
        return type;
    }
    const TypeRow& row = tables_.types[type];
    return row.shape == TypeShape::kList ? row.element : kUnknownType;
}

std::optional<bool> is_namespaced(const Schema& schema, const model::GroupVersionKind& kind) {
    return schema.is_namespaced(kind.api_version(), kind.kind);
}

}  // namespace patch
