// SPDX-License-Identifier: 0BSD
// The language's operators on values. Operands are no errors; kinds that do not fit give "no such overload".
#pragma once

#include <string_view>

#include "rules/cel/value.hpp"

namespace cel {

Value add(const Value& left, const Value& right);
Value subtract(const Value& left, const Value& right);
Value multiply(const Value& left, const Value& right);
Value divide(const Value& left, const Value& right);
Value modulo(const Value& left, const Value& right);
Value negate(const Value& operand);
Value less(const Value& left, const Value& right);
Value less_or_equal(const Value& left, const Value& right);
Value greater(const Value& left, const Value& right);
Value greater_or_equal(const Value& left, const Value& right);

// target[key], or nothing where there is no such key or position, or where a target is neither list nor map. Errors: a key that
// no map has, a position that is no whole number.
std::optional<Value> find_element(const Value& target, const Value& key);
// What target[key] is where there is nothing.
Value no_such_element(const Value& target, const Value& key);
Value no_such_index(const Value& key);

Value no_such_overload(std::string_view function);
Value no_such_key(const Value& key);

// A tenth of so many letters, rounded up: what going through them costs.
constexpr std::uint64_t traversal_cost(std::uint64_t letters) {
    return letters / 10 + (letters % 10 != 0 ? 1 : 0);
}

// Times are checked: outside of the years 1 to 9999, and of the durations of protobuf, there are none.
bool is_valid(TimestampValue value);
bool is_valid(DurationValue value);

}  // namespace cel
