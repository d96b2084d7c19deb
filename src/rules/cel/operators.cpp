// SPDX-License-Identifier: 0BSD
#include "rules/cel/operators.hpp"

#include <cmath>

#include <fmt/format.h>

namespace cel {
namespace {

constexpr std::int64_t kNanos = 1'000'000'000;
constexpr std::int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59Z
constexpr std::int64_t kDurationMax = 9'223'372'036;    // Go's durations are 64 bits of nanoseconds

using Nanos = __int128;

Nanos nanos_of(DurationValue value) { return static_cast<Nanos>(value.seconds) * kNanos + value.nanos; }
Nanos nanos_of(TimestampValue value) { return static_cast<Nanos>(value.seconds) * kNanos + value.nanos; }

Value duration_of(Nanos nanos) {
    const DurationValue value{static_cast<std::int64_t>(nanos / kNanos),
                              static_cast<std::int32_t>(nanos % kNanos)};
    return nanos >= INT64_MIN && nanos <= INT64_MAX && is_valid(value) ? Value::duration(value)
                                                                       : Value::error("duration overflow");
}

Value timestamp_of(Nanos nanos, std::int32_t offset_minutes) {
    Nanos seconds = nanos / kNanos;
    Nanos rest = nanos % kNanos;
    if (rest < 0) {
        rest += kNanos;
        --seconds;
    }
    const TimestampValue value{static_cast<std::int64_t>(seconds), static_cast<std::int32_t>(rest),
                               offset_minutes};
    return is_valid(value) ? Value::timestamp(value) : Value::error("timestamp overflow");
}

bool both(const Value& left, const Value& right, ValueKind kind) {
    return left.kind() == kind && right.kind() == kind;
}

Value add_lists(const Value& left, const Value& right) {
    std::vector<Value> all;
    all.reserve(left.size() + right.size());
    for (const Value* part : {&left, &right}) {
        const std::size_t size = part->size();
        for (std::size_t at = 0; at < size; ++at) {
            all.push_back(part->element(at));
        }
    }
    return Value::list(std::move(all));
}

Value joined(std::string_view left, std::string_view right, bool bytes) {
    std::string all;
    all.reserve(left.size() + right.size());
    all.append(left).append(right);
    return bytes ? Value::bytes(std::move(all)) : Value::string(std::move(all));
}

Value add_times(const Value& left, const Value& right) {
    const ValueKind first = left.kind();
    const ValueKind second = right.kind();
    if (first == ValueKind::kDuration && second == ValueKind::kDuration) {
        return duration_of(nanos_of(left.as_duration()) + nanos_of(right.as_duration()));
    }
    if (first == ValueKind::kTimestamp && second == ValueKind::kDuration) {
        return timestamp_of(nanos_of(left.as_timestamp()) + nanos_of(right.as_duration()),
                            left.as_timestamp().offset_minutes);
    }
    if (first == ValueKind::kDuration && second == ValueKind::kTimestamp) {
        return timestamp_of(nanos_of(left.as_duration()) + nanos_of(right.as_timestamp()),
                            right.as_timestamp().offset_minutes);
    }
    return no_such_overload("_+_");
}

bool is_nan(const Value& value) {
    return value.kind() == ValueKind::kDouble && std::isnan(value.as_double());
}

bool has_order(ValueKind kind) {
    return kind == ValueKind::kBool || kind == ValueKind::kInt || kind == ValueKind::kUint ||
           kind == ValueKind::kDouble || kind == ValueKind::kString || kind == ValueKind::kBytes ||
           kind == ValueKind::kDuration || kind == ValueKind::kTimestamp;
}

// Beside NaN nothing is in order, whatever its kind.
template <bool (*Fits)(int)>
Value ordered(const Value& left, const Value& right, std::string_view function) {
    const std::optional<int> order = compare(left, right);
    if (order) {
        return Value::boolean(Fits(*order));
    }
    const bool unordered = is_nan(left) || is_nan(right);
    return unordered && has_order(left.kind()) ? Value::boolean(false) : no_such_overload(function);
}

// Position in a list: an integer of any kind; other keys fit no list.
bool read_index(const Value& key, std::int64_t& index) {
    if (key.kind() == ValueKind::kInt) {
        index = key.as_int();
        return true;
    }
    if (key.kind() == ValueKind::kUint) {
        index = static_cast<std::int64_t>(key.as_uint());
        return key.as_uint() <= INT64_MAX;
    }
    if (key.kind() == ValueKind::kDouble && key.as_double() >= -0x1p63 && key.as_double() < 0x1p63 &&
        std::trunc(key.as_double()) == key.as_double()) {
        index = static_cast<std::int64_t>(key.as_double());
        return true;
    }
    return false;
}

bool is_key(ValueKind kind) {
    return kind == ValueKind::kString || kind == ValueKind::kInt || kind == ValueKind::kUint ||
           kind == ValueKind::kBool || kind == ValueKind::kDouble;
}

}  // namespace

bool is_valid(TimestampValue value) { return value.seconds >= kFirstSecond && value.seconds <= kLastSecond; }
bool is_valid(DurationValue value) {
    return value.seconds >= -kDurationMax - 1 && value.seconds <= kDurationMax;
}

Value no_such_overload(std::string_view function) {
    return Value::error(fmt::format("no such overload: {}", function));
}

Value no_such_key(const Value& key) {
    const ValueKind kind = key.kind();
    constexpr std::size_t kShown = 100;
    return Value::error(kind == ValueKind::kString
                            ? fmt::format("no such key: {}", key.as_string().substr(0, kShown))
                        : kind == ValueKind::kInt  ? fmt::format("no such key: {}", key.as_int())
                        : kind == ValueKind::kUint ? fmt::format("no such key: {}", key.as_uint())
                                                   : std::string("no such key"));
}

Value add(const Value& left, const Value& right) {
    switch (left.kind() == right.kind() ? left.kind() : ValueKind::kError) {
        case ValueKind::kInt: {
            std::int64_t sum = 0;
            return __builtin_add_overflow(left.as_int(), right.as_int(), &sum)
                       ? Value::error("integer overflow")
                       : Value::integer(sum);
        }
        case ValueKind::kUint: {
            std::uint64_t sum = 0;
            return __builtin_add_overflow(left.as_uint(), right.as_uint(), &sum)
                       ? Value::error("unsigned integer overflow")
                       : Value::unsigned_integer(sum);
        }
        case ValueKind::kDouble: return Value::real(left.as_double() + right.as_double());
        case ValueKind::kString: return joined(left.as_string(), right.as_string(), false);
        case ValueKind::kBytes: return joined(left.as_bytes(), right.as_bytes(), true);
        case ValueKind::kList: return add_lists(left, right);
        case ValueKind::kDuration:
        case ValueKind::kError: return add_times(left, right);
        case ValueKind::kNull:
        case ValueKind::kBool:
        case ValueKind::kTimestamp:
        case ValueKind::kType:
        case ValueKind::kMap:
        case ValueKind::kOptional:
        case ValueKind::kOpaque: break;
    }
    return no_such_overload("_+_");
}

Value subtract(const Value& left, const Value& right) {
    if (both(left, right, ValueKind::kInt)) {
        std::int64_t difference = 0;
        return __builtin_sub_overflow(left.as_int(), right.as_int(), &difference)
                   ? Value::error("integer overflow")
                   : Value::integer(difference);
    }
    if (both(left, right, ValueKind::kUint)) {
        return left.as_uint() < right.as_uint() ? Value::error("unsigned integer overflow")
                                                : Value::unsigned_integer(left.as_uint() - right.as_uint());
    }
    if (both(left, right, ValueKind::kDouble)) {
        return Value::real(left.as_double() - right.as_double());
    }
    if (both(left, right, ValueKind::kDuration)) {
        return duration_of(nanos_of(left.as_duration()) - nanos_of(right.as_duration()));
    }
    if (both(left, right, ValueKind::kTimestamp)) {
        return duration_of(nanos_of(left.as_timestamp()) - nanos_of(right.as_timestamp()));
    }
    if (left.kind() == ValueKind::kTimestamp && right.kind() == ValueKind::kDuration) {
        return timestamp_of(nanos_of(left.as_timestamp()) - nanos_of(right.as_duration()),
                            left.as_timestamp().offset_minutes);
    }
    return no_such_overload("_-_");
}

Value multiply(const Value& left, const Value& right) {
    if (both(left, right, ValueKind::kInt)) {
        std::int64_t product = 0;
        return __builtin_mul_overflow(left.as_int(), right.as_int(), &product)
                   ? Value::error("integer overflow")
                   : Value::integer(product);
    }
    if (both(left, right, ValueKind::kUint)) {
        std::uint64_t product = 0;
        return __builtin_mul_overflow(left.as_uint(), right.as_uint(), &product)
                   ? Value::error("unsigned integer overflow")
                   : Value::unsigned_integer(product);
    }
    return both(left, right, ValueKind::kDouble) ? Value::real(left.as_double() * right.as_double())
                                                 : no_such_overload("_*_");
}

Value divide(const Value& left, const Value& right) {
    if (both(left, right, ValueKind::kInt)) {
        if (right.as_int() == 0) {
            return Value::error("division by zero");
        }
        return left.as_int() == INT64_MIN && right.as_int() == -1
                   ? Value::error("integer overflow")
                   : Value::integer(left.as_int() / right.as_int());
    }
    if (both(left, right, ValueKind::kUint)) {
        return right.as_uint() == 0 ? Value::error("division by zero")
                                    : Value::unsigned_integer(left.as_uint() / right.as_uint());
    }
    return both(left, right, ValueKind::kDouble) ? Value::real(left.as_double() / right.as_double())
                                                 : no_such_overload("_/_");
}

Value modulo(const Value& left, const Value& right) {
    if (both(left, right, ValueKind::kInt)) {
        if (right.as_int() == 0) {
            return Value::error("modulus by zero");
        }
        return left.as_int() == INT64_MIN && right.as_int() == -1
                   ? Value::error("integer overflow")
                   : Value::integer(left.as_int() % right.as_int());
    }
    if (both(left, right, ValueKind::kUint)) {
        return right.as_uint() == 0 ? Value::error("modulus by zero")
                                    : Value::unsigned_integer(left.as_uint() % right.as_uint());
    }
    return no_such_overload("_%_");
}

Value negate(const Value& operand) {
    const ValueKind kind = operand.kind();
    if (kind == ValueKind::kInt) {
        return operand.as_int() == INT64_MIN ? Value::error("integer overflow")
                                             : Value::integer(-operand.as_int());
    }
    if (kind == ValueKind::kDouble) {
        return Value::real(-operand.as_double());
    }
    return kind == ValueKind::kDuration ? duration_of(-nanos_of(operand.as_duration()))
                                        : no_such_overload("-_");
}

Value less(const Value& left, const Value& right) {
    return ordered<[](int order) { return order < 0; }>(left, right, "_<_");
}
Value less_or_equal(const Value& left, const Value& right) {
    return ordered<[](int order) { return order <= 0; }>(left, right, "_<=_");
}
Value greater(const Value& left, const Value& right) {
    return ordered<[](int order) { return order > 0; }>(left, right, "_>_");
}
Value greater_or_equal(const Value& left, const Value& right) {
    return ordered<[](int order) { return order >= 0; }>(left, right, "_>=_");
}

Value no_such_index(const Value& key) {
    return Value::error(fmt::format("unsupported index of a list: {}", key.type().name()));
}

std::optional<Value> find_element(const Value& target, const Value& key) {
    if (!is_key(key.kind())) {
        return Value::error(fmt::format("invalid qualifier type: {}", key.type().name()));
    }
    if (target.kind() == ValueKind::kMap) {
        return target.entry(key);
    }
    if (target.kind() != ValueKind::kList) {
        return std::nullopt;
    }
    std::int64_t index = 0;
    if (!read_index(key, index)) {
        return no_such_index(key);
    }
    return index >= 0 && static_cast<std::size_t>(index) < target.size()
               ? std::optional<Value>(target.element(static_cast<std::size_t>(index)))
               : std::nullopt;
}

Value no_such_element(const Value& target, const Value& key) {
    std::int64_t index = 0;
    return target.kind() == ValueKind::kList && read_index(key, index)
               ? Value::error(fmt::format("index out of bounds: {}", index))
               : no_such_key(key);
}

}  // namespace cel
