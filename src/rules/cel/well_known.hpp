// SPDX-License-Identifier: 0BSD
// Literals of protobuf's well-known messages, such as google.protobuf.Duration{seconds: 1}: they are values of the language.
#pragma once

#include <span>
#include <string_view>

#include "rules/cel/type.hpp"
#include "rules/cel/value.hpp"

namespace cel {

struct WellKnownField {
    std::string_view name;
    TypeKind kind;
};

struct WellKnown {
    std::string_view name;
    TypeKind kind;  // of the value that it becomes
    std::span<const WellKnownField> fields;
    // `values` lie in the order of `fields`; null where a field is not given. Kinds have been judged.
    Value (*make)(std::span<const Value> values);

    // Position of the field, or fields.size().
    std::size_t field(std::string_view wanted) const;
};

// nullptr: no such message.
const WellKnown* well_known(std::string_view name);
// The type of a field or message as the checker sees it.
Type well_known_type(TypeKind kind);

}  // namespace cel
