// SPDX-License-Identifier: 0BSD
// The inside of a Schema: tables of types, fields and kinds that merges walk by index, without a lookup by name per type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/patch/schema.hpp"

namespace patch {

// The index of a type in its schema.
using TypeId = std::uint32_t;
constexpr TypeId kUnknownType = 0;  // the schema says nothing; what lies below may be an object of its own
constexpr TypeId kPlainType = 1;    // known, and nothing in it or below merges in any special way

// How a field merges, as its x-kubernetes-patch-strategy says.
constexpr std::uint8_t kStrategyMerge = 1;
constexpr std::uint8_t kStrategyReplace = 2;
constexpr std::uint8_t kStrategyRetainKeys = 4;

// What JSON a type stands for, where merges must know.
enum class TypeShape : std::uint8_t {
    kScalar,  // also anything that the API server's merge cannot look into, such as a map with free keys
    kStruct,
    kList,
};

// Rows are plain numbers, so that generated tables need neither code nor relocations at start.
struct TypeRow {
    std::uint32_t first_field;
    std::uint16_t field_count;
    std::uint16_t rule;     // index of a RuleRow; 0 says nothing
    std::uint32_t element;  // the type of a list's items or of a map's values
    TypeShape shape;
};
struct FieldRow {
    std::uint32_t name;  // offset in the names
    TypeId type;
    std::uint16_t name_size;
};
struct RuleRow {
    std::uint8_t strategy;
    std::string_view merge_key;  // x-kubernetes-patch-merge-key, or empty
    std::string_view map_keys;   // x-kubernetes-list-map-keys with commas between, or empty
};
// Sorted by kind, then API version.
struct KindRow {
    std::string_view kind;
    std::string_view api_version;
    TypeId type;
    std::int8_t scope;  // 1 namespaced, 0 cluster, -1 not said
};
// Sorted by name.
struct DefinitionRow {
    std::string_view name;
    TypeId type;
};

struct Tables {
    std::string_view names;
    std::span<const TypeRow> types;
    std::span<const FieldRow> fields;  // of one type: sorted by name
    std::span<const RuleRow> rules;
    std::span<const KindRow> kinds;
    std::span<const DefinitionRow> definitions =
        {};  // what references name; those of plain types may be missing
};

// A rule, unpacked.
struct Rule {
    std::uint8_t strategy = 0;
    std::string merge_key;
    std::vector<std::string> keys;  // all keys that tell a list's items apart: map_keys, else merge_key
};

class Schema {
public:
    // `scopes` answers for kinds whose scope `tables` does not say.
    explicit Schema(Tables tables, std::shared_ptr<const Schema> scopes = nullptr);

    // The type of an object's kind, or kUnknownType.
    TypeId type_of(std::string_view api_version, std::string_view kind) const;
    std::optional<bool> is_namespaced(std::string_view api_version, std::string_view kind) const;

    // The type of the field, of the map's values, or kUnknownType. Below kPlainType all is plain.
    TypeId field(TypeId type, std::string_view name) const;
    // The same by the field's own name only, in any case if there is no exact one; nullopt for a type without it.
    std::optional<TypeId> struct_field(TypeId type, std::string_view name) const;
    // The type of a list's items, or kUnknownType.
    TypeId element(TypeId type) const;
    TypeShape shape(TypeId type) const { return tables_.types[type].shape; }
    const Rule& rule(TypeId type) const { return rules_[tables_.types[type].rule]; }
    const Tables& tables() const { return tables_; }

private:
    const KindRow* find_kind(std::string_view api_version, std::string_view kind) const;
    std::string_view name_of(const FieldRow& field) const {
        return tables_.names.substr(field.name, field.name_size);
    }

    Tables tables_;
    std::vector<Rule> rules_;
    std::shared_ptr<const Schema> scopes_;
};

// A schema, and types in it that `base` does not have.
struct ExtendedSchema {
    std::shared_ptr<const Schema> schema;
    std::vector<TypeId> types;
};
// Adds the types that `descriptions` describe in the words of OpenAPI, one for each; kUnknownType for one that is malformed.
// Their references name definitions of `base`, which outlives the result.
ExtendedSchema extend(const Schema& base, std::span<const model::Value> descriptions);

}  // namespace patch
