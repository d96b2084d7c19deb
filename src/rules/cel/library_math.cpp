// SPDX-License-Identifier: 0BSD
// The library of numbers (cel-go, ext/math). math.least and math.greatest are macros of the parser over @min and @max here.
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "rules/cel/declaration.hpp"
#include "rules/cel/libraries.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;

Value identity(CallContext& /*context*/, Arguments arguments) { return arguments[0]; }

bool is_number(const Value& value) {
    return value.kind() == ValueKind::kInt || value.kind() == ValueKind::kUint ||
           value.kind() == ValueKind::kDouble;
}

// The first of those that are farthest on the side of `Wanted`: -1 the least, 1 the greatest.
template <int Wanted>
Value farther(const Value& left, const Value& right) {
    constexpr std::string_view kName = Wanted < 0 ? "math.@min" : "math.@max";
    if (!is_number(left) || !is_number(right)) {
        return Value::error(fmt::format("no such overload: {}", kName));
    }
    const std::optional<int> order = compare(right, left);
    if (!order) {
        return Value::error(fmt::format("NaN values cannot be ordered: {}", kName));
    }
    return *order == Wanted ? right : left;
}

template <int Wanted>
Value farthest_of_two(CallContext& /*context*/, Arguments arguments) {
    return farther<Wanted>(arguments[0], arguments[1]);
}

template <int Wanted>
Value farthest_of_list(CallContext& /*context*/, Arguments arguments) {
    constexpr std::string_view kName = Wanted < 0 ? "math.@min" : "math.@max";
    const Value& list = arguments[0];
    if (list.size() == 0) {
        return Value::error(fmt::format("{}(list) argument must not be empty", kName));
    }
    Value result = list.element(0);
    for (std::size_t i = 1; i < list.size(); ++i) {
        result = farther<Wanted>(result, list.element(i));
        if (result.is_error()) {
            return result;
        }
    }
    return is_number(result) ? result : Value::error(fmt::format("no such overload: {}", kName));
}

template <double (*Round)(double)>
Value rounded(CallContext& /*context*/, Arguments arguments) {
    return Value::real(Round(arguments[0].as_double()));
}

double ceiling(double value) { return std::ceil(value); }
double floored(double value) { return std::floor(value); }
double nearest(double value) { return std::round(value); }
double truncated(double value) { return std::trunc(value); }
double magnitude(double value) { return std::fabs(value); }

Value is_infinite(CallContext& /*context*/, Arguments arguments) {
    return Value::boolean(std::isinf(arguments[0].as_double()));
}

Value is_nan(CallContext& /*context*/, Arguments arguments) {
    return Value::boolean(std::isnan(arguments[0].as_double()));
}

Value is_finite(CallContext& /*context*/, Arguments arguments) {
    return Value::boolean(std::isfinite(arguments[0].as_double()));
}

Value absolute_int(CallContext& /*context*/, Arguments arguments) {
    const std::int64_t value = arguments[0].as_int();
    if (value == std::numeric_limits<std::int64_t>::min()) {
        return Value::error("integer overflow");
    }
    return Value::integer(value < 0 ? -value : value);
}

Value sign_double(CallContext& /*context*/, Arguments arguments) {
    const double value = arguments[0].as_double();
    if (std::isnan(value)) {
        return arguments[0];
    }
    return Value::real(value > 0 ? 1.0 : value < 0 ? -1.0 : 0.0);
}

Value sign_int(CallContext& /*context*/, Arguments arguments) {
    const std::int64_t value = arguments[0].as_int();
    return Value::integer(value > 0 ? 1 : value < 0 ? -1 : 0);
}

Value sign_uint(CallContext& /*context*/, Arguments arguments) {
    return Value::unsigned_integer(arguments[0].as_uint() == 0 ? 0 : 1);
}

Value root(CallContext& /*context*/, Arguments arguments) {
    const Value& value = arguments[0];
    if (value.kind() == ValueKind::kInt) {
        return Value::real(std::sqrt(static_cast<double>(value.as_int())));
    }
    return Value::real(std::sqrt(value.kind() == ValueKind::kUint ? static_cast<double>(value.as_uint())
                                                                  : value.as_double()));
}

enum class BitOperation { kAnd, kOr, kXor };

template <BitOperation Operation>
std::uint64_t combine(std::uint64_t left, std::uint64_t right) {
    switch (Operation) {
        case BitOperation::kAnd: return left & right;
        case BitOperation::kOr: return left | right;
        case BitOperation::kXor: return left ^ right;
    }
    return 0;
}

std::uint64_t bits(const Value& value) {
    return value.kind() == ValueKind::kInt ? std::bit_cast<std::uint64_t>(value.as_int()) : value.as_uint();
}

Value of_kind(ValueKind kind, std::uint64_t value) {
    return kind == ValueKind::kInt ? Value::integer(std::bit_cast<std::int64_t>(value))
                                   : Value::unsigned_integer(value);
}

template <BitOperation Operation>
Value bitwise(CallContext& /*context*/, Arguments arguments) {
    return of_kind(arguments[0].kind(), combine<Operation>(bits(arguments[0]), bits(arguments[1])));
}

Value complement(CallContext& /*context*/, Arguments arguments) {
    return of_kind(arguments[0].kind(), ~bits(arguments[0]));
}

// Zeros come in from either side, whatever the sign.
template <bool Left>
Value shift(CallContext& /*context*/, Arguments arguments) {
    constexpr int kBits = 64;
    const std::int64_t offset = arguments[1].as_int();
    if (offset < 0) {
        return Value::error(
            fmt::format("math.bitShift{}() negative offset: {}", Left ? "Left" : "Right", offset));
    }
    const std::uint64_t value = bits(arguments[0]);
    if (offset >= kBits) {
        return of_kind(arguments[0].kind(), 0);
    }
    return of_kind(arguments[0].kind(), Left ? value << offset : value >> offset);
}

template <int Wanted>
void add_farthest(Declarations& declare) {
    const std::string function = Wanted < 0 ? "math.@min" : "math.@max";
    const std::string id = Wanted < 0 ? "math_@min" : "math_@max";
    struct Number {
        std::string_view name;
        Type type;
    };
    const Number numbers[] = {{"double", double_type()}, {"int", int_type()}, {"uint", uint_type()}};
    for (const Number& number : numbers) {
        declare.global(fmt::format("{}_{}", id, number.name), function, {number.type}, number.type, identity);
        for (const Number& other : numbers) {
            const Type result = number.type == other.type ? number.type : Type::dyn();
            declare.global(fmt::format("{}_{}_{}", id, number.name, other.name), function,
                           {number.type, other.type}, result, farthest_of_two<Wanted>);
        }
        declare.global(fmt::format("{}_list_{}", id, number.name), function, {Type::list(number.type)},
                       number.type, farthest_of_list<Wanted>);
    }
}

void add_reals(Declarations& declare) {
    const Type real = double_type();
    declare.global("math_ceil_double", "math.ceil", {real}, real, rounded<ceiling>);
    declare.global("math_floor_double", "math.floor", {real}, real, rounded<floored>);
    declare.global("math_round_double", "math.round", {real}, real, rounded<nearest>);
    declare.global("math_trunc_double", "math.trunc", {real}, real, rounded<truncated>);
    declare.global("math_isInf_double", "math.isInf", {real}, bool_type(), is_infinite);
    declare.global("math_isNaN_double", "math.isNaN", {real}, bool_type(), is_nan);
    declare.global("math_isFinite_double", "math.isFinite", {real}, bool_type(), is_finite);
}

void add_signs(Declarations& declare) {
    declare.global("math_abs_double", "math.abs", {double_type()}, double_type(), rounded<magnitude>);
    declare.global("math_abs_int", "math.abs", {int_type()}, int_type(), absolute_int);
    declare.global("math_abs_uint", "math.abs", {uint_type()}, uint_type(), identity);
    declare.global("math_sign_double", "math.sign", {double_type()}, double_type(), sign_double);
    declare.global("math_sign_int", "math.sign", {int_type()}, int_type(), sign_int);
    declare.global("math_sign_uint", "math.sign", {uint_type()}, uint_type(), sign_uint);
    declare.global("math_sqrt_double", "math.sqrt", {double_type()}, double_type(), root);
    declare.global("math_sqrt_int", "math.sqrt", {int_type()}, double_type(), root);
    declare.global("math_sqrt_uint", "math.sqrt", {uint_type()}, double_type(), root);
}

void add_bits(Declarations& declare) {
    for (const Type& type : {int_type(), uint_type()}) {
        const std::string_view name = type.name();
        declare.global(fmt::format("math_bitAnd_{0}_{0}", name), "math.bitAnd", {type, type}, type,
                       bitwise<BitOperation::kAnd>);
        declare.global(fmt::format("math_bitOr_{0}_{0}", name), "math.bitOr", {type, type}, type,
                       bitwise<BitOperation::kOr>);
        declare.global(fmt::format("math_bitXor_{0}_{0}", name), "math.bitXor", {type, type}, type,
                       bitwise<BitOperation::kXor>);
        declare.global(fmt::format("math_bitNot_{0}_{0}", name), "math.bitNot", {type}, type, complement);
        declare.global(fmt::format("math_bitShiftLeft_{}_int", name), "math.bitShiftLeft", {type, int_type()},
                       type, shift<true>);
        declare.global(fmt::format("math_bitShiftRight_{}_int", name), "math.bitShiftRight",
                       {type, int_type()}, type, shift<false>);
    }
}

}  // namespace

void add_math(FunctionSet& functions) {
    Declarations declare(functions);
    add_farthest<-1>(declare);
    add_farthest<1>(declare);
    add_reals(declare);
    add_signs(declare);
    add_bits(declare);
}

}  // namespace cel
