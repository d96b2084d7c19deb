// SPDX-License-Identifier: 0BSD
// Functions over the order of a library's own values: compareTo, isLessThan, isGreaterThan.
#pragma once

#include <compare>
#include <optional>
#include <span>

#include "rules/cel/function.hpp"

namespace cel {

// -1, 0 or 1; nothing where an argument is no T. T has compare(), which answers a std::strong_ordering.
template <class T>
std::optional<int> order_of(std::span<const Value> arguments) {
    const auto* left = arguments[0].as<T>();
    const auto* right = arguments[1].as<T>();
    if (left == nullptr || right == nullptr) {
        return std::nullopt;
    }
    const std::strong_ordering compared = left->compare(*right);
    return compared > 0 ? 1 : compared < 0 ? -1 : 0;
}

template <class T>
Value compare_to(CallContext& /*context*/, std::span<const Value> arguments) {
    const std::optional<int> compared = order_of<T>(arguments);
    return compared ? Value::integer(*compared) : Value::error("no such overload");
}

template <class T, int Wanted>
Value is_ordered(CallContext& /*context*/, std::span<const Value> arguments) {
    const std::optional<int> compared = order_of<T>(arguments);
    return compared ? Value::boolean(*compared == Wanted) : Value::error("no such overload");
}

}  // namespace cel
