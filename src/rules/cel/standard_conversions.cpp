// SPDX-License-Identifier: 0BSD
// Conversions between kinds: int('1'), string(1.5), timestamp('2026-…'), type(x), dyn(x).
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/duration.hpp"
#include "model/utf8.hpp"
#include "rules/cel/code_points.hpp"
#include "rules/cel/declaration.hpp"
#include "rules/cel/number_parse.hpp"
#include "rules/cel/number_text.hpp"
#include "rules/cel/operators.hpp"
#include "rules/cel/standard.hpp"
#include "rules/cel/time_parse.hpp"
#include "rules/cel/time_text.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;

Value failed(std::string_view from, std::string_view to) {
    return Value::error(fmt::format("type conversion error from '{}' to '{}'", from, to));
}

Value itself(CallContext&, Arguments arguments) { return arguments[0]; }

// All of a number's text; one sign is allowed.
template <class Number>
bool read_number(std::string_view text, Number& number) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) {
            return false;
        }
    }
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    return status == std::errc() && end == text.data() + text.size();
}

Value to_int(CallContext&, Arguments arguments) {
    const Value& value = arguments[0];
    switch (value.kind()) {
        case ValueKind::kUint:
            return value.as_uint() <= INT64_MAX ? Value::integer(static_cast<std::int64_t>(value.as_uint()))
                                                : Value::error("integer overflow");
        case ValueKind::kDouble: {
            // Ends are excluded: a double there stands for many integers, some of them beyond.
            const double number = value.as_double();
            return number > -0x1p63 && number < 0x1p63 ? Value::integer(static_cast<std::int64_t>(number))
                                                       : Value::error("integer overflow");
        }
        case ValueKind::kString: {
            std::int64_t number = 0;
            return read_number(value.as_string(), number) ? Value::integer(number) : failed("string", "int");
        }
        case ValueKind::kTimestamp: return Value::integer(value.as_timestamp().seconds);
        case ValueKind::kDuration:
            return Value::integer(value.as_duration().seconds * 1'000'000'000 + value.as_duration().nanos);
        case ValueKind::kError:
        case ValueKind::kNull:
        case ValueKind::kBool:
        case ValueKind::kInt:
        case ValueKind::kBytes:
        case ValueKind::kType:
        case ValueKind::kList:
        case ValueKind::kMap:
        case ValueKind::kOptional:
        case ValueKind::kOpaque: break;
    }
    return no_such_overload("int");
}

Value to_uint(CallContext&, Arguments arguments) {
    const Value& value = arguments[0];
    if (value.kind() == ValueKind::kInt) {
        return value.as_int() >= 0 ? Value::unsigned_integer(static_cast<std::uint64_t>(value.as_int()))
                                   : Value::error("unsigned integer overflow");
    }
    if (value.kind() == ValueKind::kDouble) {
        const double number = value.as_double();
        return number >= 0 && number < 0x1p64 ? Value::unsigned_integer(static_cast<std::uint64_t>(number))
                                              : Value::error("unsigned integer overflow");
    }
    std::uint64_t number = 0;
    const std::string_view text = value.as_string();
    return !text.starts_with('+') && read_number(text, number) ? Value::unsigned_integer(number)
                                                               : failed("string", "uint");
}

Value to_double(CallContext&, Arguments arguments) {
    const Value& value = arguments[0];
    if (value.kind() == ValueKind::kInt) {
        return Value::real(static_cast<double>(value.as_int()));
    }
    if (value.kind() == ValueKind::kUint) {
        return Value::real(static_cast<double>(value.as_uint()));
    }
    const std::optional<double> number = parse_double(value.as_string());
    return number ? Value::real(*number) : failed("string", "double");
}

Value to_bool(CallContext&, Arguments arguments) {
    const std::string_view text = arguments[0].as_string();
    for (const std::string_view truth : {"1", "t", "T", "TRUE", "true", "True"}) {
        if (text == truth) {
            return Value::boolean(true);
        }
    }
    for (const std::string_view falsehood : {"0", "f", "F", "FALSE", "false", "False"}) {
        if (text == falsehood) {
            return Value::boolean(false);
        }
    }
    return failed("string", "bool");
}

Value to_string(CallContext&, Arguments arguments) {
    const Value& value = arguments[0];
    switch (value.kind()) {
        case ValueKind::kBool: return Value::string_view(value.as_bool() ? "true" : "false");
        case ValueKind::kInt: return Value::string(fmt::format_int(value.as_int()).str());
        case ValueKind::kUint: return Value::string(fmt::format_int(value.as_uint()).str());
        case ValueKind::kDouble: return Value::string(general_text(value.as_double()));
        case ValueKind::kBytes:
            return model::is_utf8(value.as_bytes())
                       ? Value::string(std::string(value.as_bytes()))
                       : Value::error("invalid UTF-8 in bytes, cannot convert to string");
        case ValueKind::kDuration: return Value::string(duration_text(value.as_duration()));
        case ValueKind::kTimestamp: return Value::string(timestamp_text(value.as_timestamp()));
        case ValueKind::kString: return value;
        case ValueKind::kError:
        case ValueKind::kNull:
        case ValueKind::kType:
        case ValueKind::kList:
        case ValueKind::kMap:
        case ValueKind::kOptional:
        case ValueKind::kOpaque: break;
    }
    return no_such_overload("string");
}

Value to_bytes(CallContext&, Arguments arguments) {
    return Value::bytes(std::string(arguments[0].as_string()));
}

Value to_timestamp(CallContext&, Arguments arguments) {
    const Value& value = arguments[0];
    if (value.kind() == ValueKind::kInt) {
        const TimestampValue time{value.as_int(), 0};
        return is_valid(time) ? Value::timestamp(time) : Value::error("timestamp overflow");
    }
    const std::optional<TimestampValue> time = parse_timestamp(value.as_string());
    return !time             ? failed("string", "timestamp")
           : is_valid(*time) ? Value::timestamp(*time)
                             : Value::error("timestamp overflow");
}

Value to_duration(CallContext&, Arguments arguments) {
    constexpr std::int64_t kNanos = 1'000'000'000;
    const auto duration = base::parse_duration(arguments[0].as_string());
    return duration ? Value::duration(
                          {duration->count() / kNanos, static_cast<std::int32_t>(duration->count() % kNanos)})
                    : failed("string", "duration");
}

Value type_of(CallContext&, Arguments arguments) { return Value::type(arguments[0].type()); }

std::uint64_t text_cost(Arguments arguments, const Value&) {
    return traversal_cost(counted_size(arguments[0]));
}

CostEstimate text_estimate(std::span<const SizeEstimate> sizes, std::uint64_t most_factor,
                           std::uint64_t least_divisor) {
    return {.least = traversal_cost(sizes[0].least),
            .most = sizes[0].most == UINT64_MAX ? UINT64_MAX : traversal_cost(sizes[0].most),
            .result = {sizes[0].least / least_divisor, saturating_multiply(sizes[0].most, most_factor)}};
}

CostEstimate string_estimate(std::span<const SizeEstimate> sizes) { return text_estimate(sizes, 1, 4); }
CostEstimate bytes_estimate(std::span<const SizeEstimate> sizes) { return text_estimate(sizes, 4, 1); }

struct Conversion {
    std::string_view id;
    std::string_view function;
    Type from;
    Type to;
    Function call;
};

}  // namespace

void add_standard_conversions(FunctionSet& functions) {
    const Type any = Type::parameter("A");
    const Conversion conversions[] = {
        {"bool_to_bool", "bool", bool_type(), bool_type(), itself},
        {"string_to_bool", "bool", string_type(), bool_type(), to_bool},
        {"bytes_to_bytes", "bytes", bytes_type(), bytes_type(), itself},
        {"string_to_bytes", "bytes", string_type(), bytes_type(), to_bytes},
        {"double_to_double", "double", double_type(), double_type(), itself},
        {"int64_to_double", "double", int_type(), double_type(), to_double},
        {"string_to_double", "double", string_type(), double_type(), to_double},
        {"uint64_to_double", "double", uint_type(), double_type(), to_double},
        {"duration_to_duration", "duration", duration_type(), duration_type(), itself},
        {"string_to_duration", "duration", string_type(), duration_type(), to_duration},
        {"to_dyn", "dyn", any, Type::dyn(), itself},
        {"int64_to_int64", "int", int_type(), int_type(), itself},
        {"double_to_int64", "int", double_type(), int_type(), to_int},
        {"duration_to_int64", "int", duration_type(), int_type(), to_int},
        {"string_to_int64", "int", string_type(), int_type(), to_int},
        {"timestamp_to_int64", "int", timestamp_type(), int_type(), to_int},
        {"uint64_to_int64", "int", uint_type(), int_type(), to_int},
        {"string_to_string", "string", string_type(), string_type(), itself},
        {"bool_to_string", "string", bool_type(), string_type(), to_string},
        {"bytes_to_string", "string", bytes_type(), string_type(), to_string},
        {"double_to_string", "string", double_type(), string_type(), to_string},
        {"duration_to_string", "string", duration_type(), string_type(), to_string},
        {"int64_to_string", "string", int_type(), string_type(), to_string},
        {"timestamp_to_string", "string", timestamp_type(), string_type(), to_string},
        {"uint64_to_string", "string", uint_type(), string_type(), to_string},
        {"timestamp_to_timestamp", "timestamp", timestamp_type(), timestamp_type(), itself},
        {"int64_to_timestamp", "timestamp", int_type(), timestamp_type(), to_timestamp},
        {"string_to_timestamp", "timestamp", string_type(), timestamp_type(), to_timestamp},
        {"uint64_to_uint64", "uint", uint_type(), uint_type(), itself},
        {"double_to_uint64", "uint", double_type(), uint_type(), to_uint},
        {"int64_to_uint64", "uint", int_type(), uint_type(), to_uint},
        {"string_to_uint64", "uint", string_type(), uint_type(), to_uint},
        {"type", "type", any, Type::type_of(any), type_of},
    };
    for (const Conversion& conversion : conversions) {
        const bool bytes = conversion.id == "string_to_bytes";
        const bool text = conversion.id == "bytes_to_string";
        functions.add({.id = std::string(conversion.id),
                       .function = std::string(conversion.function),
                       .member = false,
                       .parameters = {conversion.from},
                       .result = conversion.to,
                       .call = conversion.call,
                       .cost = bytes || text ? text_cost : nullptr,
                       .estimate = bytes  ? bytes_estimate
                                   : text ? string_estimate
                                          : nullptr});
    }
}

}  // namespace cel
