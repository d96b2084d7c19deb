// SPDX-License-Identifier: 0BSD
#include "rules/cel/well_known.hpp"

#include <algorithm>
#include <iterator>

#include "rules/cel/operators.hpp"

namespace cel {
namespace {

using Values = std::span<const Value>;
using Field = WellKnownField;

std::int64_t int_or_zero(const Value& value) { return value.kind() == ValueKind::kInt ? value.as_int() : 0; }

Value make_bool(Values values) {
    return values[0].kind() == ValueKind::kBool ? values[0] : Value::boolean(false);
}
Value make_bytes(Values values) {
    return values[0].kind() == ValueKind::kBytes ? values[0] : Value::bytes({});
}
Value make_string(Values values) {
    return values[0].kind() == ValueKind::kString ? values[0] : Value::string_view("");
}
Value make_double(Values values) {
    return values[0].kind() == ValueKind::kDouble ? values[0] : Value::real(0);
}
Value make_float(Values values) { return Value::real(static_cast<float>(make_double(values).as_double())); }
Value make_int64(Values values) { return Value::integer(int_or_zero(values[0])); }
Value make_int32(Values values) {
    const std::int64_t number = int_or_zero(values[0]);
    return number >= INT32_MIN && number <= INT32_MAX ? Value::integer(number) : Value::error("range error");
}
Value make_uint64(Values values) {
    return values[0].kind() == ValueKind::kUint ? values[0] : Value::unsigned_integer(0);
}
Value make_uint32(Values values) {
    const Value number = make_uint64(values);
    return number.as_uint() <= UINT32_MAX ? number : Value::error("range error");
}

Value make_duration(Values values) {
    const std::int64_t nanos = int_or_zero(values[1]);
    const DurationValue value{int_or_zero(values[0]), static_cast<std::int32_t>(nanos)};
    const bool one_sign = value.seconds == 0 || nanos == 0 || (value.seconds < 0) == (nanos < 0);
    return is_valid(value) && one_sign && nanos > -1'000'000'000 && nanos < 1'000'000'000
               ? Value::duration(value)
               : Value::error("range error");
}

Value make_timestamp(Values values) {
    const std::int64_t nanos = int_or_zero(values[1]);
    const TimestampValue value{int_or_zero(values[0]), static_cast<std::int32_t>(nanos)};
    return is_valid(value) && nanos >= 0 && nanos < 1'000'000'000 ? Value::timestamp(value)
                                                                  : Value::error("range error");
}

Value make_list(Values values) { return values[0].kind() == ValueKind::kList ? values[0] : Value::list({}); }
Value make_struct(Values values) { return values[0].kind() == ValueKind::kMap ? values[0] : Value::map({}); }
// One of its fields, or null.
Value make_value(Values values) {
    const auto given =
        std::ranges::find_if(values, [](const Value& value) { return value.kind() != ValueKind::kNull; });
    return given == values.end() ? Value() : *given;
}

constexpr Field kBool[] = {{"value", TypeKind::kBool}};
constexpr Field kBytes[] = {{"value", TypeKind::kBytes}};
constexpr Field kString[] = {{"value", TypeKind::kString}};
constexpr Field kDouble[] = {{"value", TypeKind::kDouble}};
constexpr Field kInt[] = {{"value", TypeKind::kInt}};
constexpr Field kUint[] = {{"value", TypeKind::kUint}};
constexpr Field kTime[] = {{"seconds", TypeKind::kInt}, {"nanos", TypeKind::kInt}};
constexpr Field kList[] = {{"values", TypeKind::kList}};
constexpr Field kStruct[] = {{"fields", TypeKind::kMap}};
constexpr Field kValue[] = {{"null_value", TypeKind::kNull},     {"number_value", TypeKind::kDouble},
                            {"string_value", TypeKind::kString}, {"bool_value", TypeKind::kBool},
                            {"struct_value", TypeKind::kMap},    {"list_value", TypeKind::kList}};

constexpr WellKnown kMessages[] = {
    {"google.protobuf.BoolValue", TypeKind::kBool, kBool, make_bool},
    {"google.protobuf.BytesValue", TypeKind::kBytes, kBytes, make_bytes},
    {"google.protobuf.DoubleValue", TypeKind::kDouble, kDouble, make_double},
    {"google.protobuf.Duration", TypeKind::kDuration, kTime, make_duration},
    {"google.protobuf.FloatValue", TypeKind::kDouble, kDouble, make_float},
    {"google.protobuf.Int32Value", TypeKind::kInt, kInt, make_int32},
    {"google.protobuf.Int64Value", TypeKind::kInt, kInt, make_int64},
    {"google.protobuf.ListValue", TypeKind::kList, kList, make_list},
    {"google.protobuf.StringValue", TypeKind::kString, kString, make_string},
    {"google.protobuf.Struct", TypeKind::kMap, kStruct, make_struct},
    {"google.protobuf.Timestamp", TypeKind::kTimestamp, kTime, make_timestamp},
    {"google.protobuf.UInt32Value", TypeKind::kUint, kUint, make_uint32},
    {"google.protobuf.UInt64Value", TypeKind::kUint, kUint, make_uint64},
    {"google.protobuf.Value", TypeKind::kDyn, kValue, make_value},
};

}  // namespace

std::size_t WellKnown::field(std::string_view wanted) const {
    return static_cast<std::size_t>(
        std::distance(fields.begin(), std::ranges::find(fields, wanted, &WellKnownField::name)));
}

const WellKnown* well_known(std::string_view name) {
    const auto* found = std::ranges::find(kMessages, name, &WellKnown::name);
    return found == std::end(kMessages) ? nullptr : found;
}

Type well_known_type(TypeKind kind) {
    return kind == TypeKind::kList  ? Type::list(Type::dyn())
           : kind == TypeKind::kMap ? Type::map(Type::simple(TypeKind::kString), Type::dyn())
                                    : Type::simple(kind);
}

}  // namespace cel
