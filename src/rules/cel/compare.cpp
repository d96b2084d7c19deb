// SPDX-License-Identifier: 0BSD
// Equality and order of values.
#include <cmath>
#include <compare>

#include "rules/cel/value.hpp"

namespace cel {
namespace {

bool is_number(ValueKind kind) {
    return kind == ValueKind::kInt || kind == ValueKind::kUint || kind == ValueKind::kDouble;
}

int sign(std::strong_ordering order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

int order_int_uint(std::int64_t left, std::uint64_t right) {
    return left < 0 ? -1 : sign(static_cast<std::uint64_t>(left) <=> right);
}

int order_doubles(double left, double right) { return left < right ? -1 : left > right ? 1 : 0; }

// As doubles where the range of the integer allows: 9007199254740993 and 9007199254740992.0 are equal.
template <class Whole>
std::optional<int> order_double(double left, Whole right, double least, double most) {
    if (std::isnan(left)) {
        return std::nullopt;
    }
    return left < least ? -1 : left > most ? 1 : order_doubles(left, static_cast<double>(right));
}

std::optional<int> order_double_with(double left, const Value& right) {
    if (right.kind() == ValueKind::kInt) {
        return order_double<std::int64_t>(left, right.as_int(), -0x1p63, 0x1p63);
    }
    if (right.kind() == ValueKind::kUint) {
        return order_double<std::uint64_t>(left, right.as_uint(), 0, 0x1p64);
    }
    const double other = right.as_double();
    return std::isnan(left) || std::isnan(other) ? std::nullopt
                                                 : std::optional<int>(order_doubles(left, other));
}

std::optional<int> reversed(std::optional<int> order) {
    return order ? std::optional<int>(-*order) : std::nullopt;
}

std::optional<int> order_numbers(const Value& left, const Value& right) {
    if (left.kind() == ValueKind::kDouble) {
        return order_double_with(left.as_double(), right);
    }
    if (right.kind() == ValueKind::kDouble) {
        return reversed(order_double_with(right.as_double(), left));
    }
    if (left.kind() == ValueKind::kInt) {
        return right.kind() == ValueKind::kInt ? sign(left.as_int() <=> right.as_int())
                                               : order_int_uint(left.as_int(), right.as_uint());
    }
    return right.kind() == ValueKind::kUint ? sign(left.as_uint() <=> right.as_uint())
                                            : -order_int_uint(right.as_int(), left.as_uint());
}

int order_texts(std::string_view left, std::string_view right) { return sign(left <=> right); }

bool equal_lists(const Value& left, const Value& right, std::uint64_t& steps) {
    const std::size_t size = left.size();
    if (size != right.size()) {
        return false;
    }
    for (std::size_t at = 0; at < size; ++at) {
        if (!equal_within(left.element(at), right.element(at), steps)) {
            return false;
        }
    }
    return true;
}

bool equal_maps(const Value& left, const Value& right, std::uint64_t& steps) {
    const std::size_t size = left.size();
    if (size != right.size()) {
        return false;
    }
    for (std::size_t at = 0; at < size; ++at) {
        const auto [key, value] = left.entry_at(at);
        const std::optional<Value> other = right.entry(key);
        if (!other || !equal_within(value, *other, steps)) {
            return false;
        }
    }
    return true;
}

bool equal_optionals(const Value& left, const Value& right, std::uint64_t& steps) {
    const std::optional<Value> first = left.held();
    const std::optional<Value> second = right.held();
    return first && second ? equal_within(*first, *second, steps) : first.has_value() == second.has_value();
}

bool equal_types(const Type& left, const Type& right) {
    return left.kind() == right.kind() && left.name() == right.name();
}

}  // namespace

bool equal(const Value& left, const Value& right) {
    std::uint64_t steps = UINT64_MAX;
    return equal_within(left, right, steps);
}

bool equal_within(const Value& left, const Value& right, std::uint64_t& steps) {
    if (steps == 0) {
        return false;
    }
    --steps;
    if (left.kind() != right.kind()) {
        return is_number(left.kind()) && is_number(right.kind()) && order_numbers(left, right) == 0;
    }
    switch (left.kind()) {
        case ValueKind::kError: return false;
        case ValueKind::kNull: return true;
        case ValueKind::kBool: return left.as_bool() == right.as_bool();
        case ValueKind::kInt: return left.as_int() == right.as_int();
        case ValueKind::kUint: return left.as_uint() == right.as_uint();
        case ValueKind::kDouble: return left.as_double() == right.as_double();
        case ValueKind::kString: return left.as_string() == right.as_string();
        case ValueKind::kBytes: return left.as_bytes() == right.as_bytes();
        case ValueKind::kDuration: return left.as_duration() == right.as_duration();
        case ValueKind::kTimestamp: return left.as_timestamp() == right.as_timestamp();
        case ValueKind::kType: return equal_types(left.as_type(), right.as_type());
        case ValueKind::kList: return equal_lists(left, right, steps);
        case ValueKind::kMap: return equal_maps(left, right, steps);
        case ValueKind::kOptional: return equal_optionals(left, right, steps);
        case ValueKind::kOpaque:
            return left.as_opaque().type() == right.as_opaque().type() &&
                   left.as_opaque().equals(right.as_opaque());
    }
    return false;
}

std::optional<int> compare(const Value& left, const Value& right) {
    const ValueKind kind = left.kind();
    if (is_number(kind) && is_number(right.kind())) {
        return order_numbers(left, right);
    }
    if (kind != right.kind()) {
        return std::nullopt;
    }
    if (kind == ValueKind::kString) {
        return order_texts(left.as_string(), right.as_string());
    }
    if (kind == ValueKind::kBool) {
        return static_cast<int>(left.as_bool()) - static_cast<int>(right.as_bool());
    }
    if (kind == ValueKind::kBytes) {
        return order_texts(left.as_bytes(), right.as_bytes());
    }
    if (kind == ValueKind::kDuration) {
        return sign(left.as_duration() <=> right.as_duration());
    }
    if (kind == ValueKind::kTimestamp) {
        return sign(left.as_timestamp() <=> right.as_timestamp());
    }
    return std::nullopt;
}

}  // namespace cel
