// SPDX-License-Identifier: 0BSD
// The standard library: operators, as the checker sees them, and the names of types. The planner knows the operators itself.
#include <array>

#include "rules/cel/declaration.hpp"
#include "rules/cel/libraries.hpp"
#include "rules/cel/operators.hpp"
#include "rules/cel/standard.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;

template <Value (*Operation)(const Value&, const Value&)>
Value binary(CallContext&, Arguments arguments) {
    return Operation(arguments[0], arguments[1]);
}

Value negated(CallContext&, Arguments arguments) { return negate(arguments[0]); }
Value inverted(CallContext&, Arguments arguments) { return Value::boolean(!arguments[0].as_bool()); }
Value equals(CallContext&, Arguments arguments) { return Value::boolean(equal(arguments[0], arguments[1])); }
Value differs(CallContext&, Arguments arguments) {
    return Value::boolean(!equal(arguments[0], arguments[1]));
}

Value in_list(CallContext&, Arguments arguments) {
    for (std::size_t at = 0; at < arguments[1].size(); ++at) {
        if (equal(arguments[0], arguments[1].element(at))) {
            return Value::boolean(true);
        }
    }
    return Value::boolean(false);
}

Value in_map(CallContext&, Arguments arguments) {
    return Value::boolean(arguments[1].entry(arguments[0]).has_value());
}

void add_sums(Declarations& declare) {
    const Type list = Type::list(Type::parameter("A"));
    const auto same = [&](std::string id, std::string function, const Type& type, Function call) {
        declare.global(std::move(id), std::move(function), {type, type}, type, call);
    };
    same("add_int64", "_+_", int_type(), binary<add>);
    same("add_uint64", "_+_", uint_type(), binary<add>);
    same("add_double", "_+_", double_type(), binary<add>);
    same("add_string", "_+_", string_type(), binary<add>);
    same("add_bytes", "_+_", bytes_type(), binary<add>);
    same("add_list", "_+_", list, binary<add>);
    same("add_duration_duration", "_+_", duration_type(), binary<add>);
    declare.global("add_duration_timestamp", "_+_", {duration_type(), timestamp_type()}, timestamp_type(),
                   binary<add>);
    declare.global("add_timestamp_duration", "_+_", {timestamp_type(), duration_type()}, timestamp_type(),
                   binary<add>);
    same("subtract_int64", "_-_", int_type(), binary<subtract>);
    same("subtract_uint64", "_-_", uint_type(), binary<subtract>);
    same("subtract_double", "_-_", double_type(), binary<subtract>);
    same("subtract_duration_duration", "_-_", duration_type(), binary<subtract>);
    declare.global("subtract_timestamp_duration", "_-_", {timestamp_type(), duration_type()},
                   timestamp_type(), binary<subtract>);
    declare.global("subtract_timestamp_timestamp", "_-_", {timestamp_type(), timestamp_type()},
                   duration_type(), binary<subtract>);
}

void add_products(Declarations& declare) {
    const auto same = [&](std::string id, std::string function, const Type& type, Function call) {
        declare.global(std::move(id), std::move(function), {type, type}, type, call);
    };
    same("multiply_int64", "_*_", int_type(), binary<multiply>);
    same("multiply_uint64", "_*_", uint_type(), binary<multiply>);
    same("multiply_double", "_*_", double_type(), binary<multiply>);
    same("divide_int64", "_/_", int_type(), binary<divide>);
    same("divide_uint64", "_/_", uint_type(), binary<divide>);
    same("divide_double", "_/_", double_type(), binary<divide>);
    same("modulo_int64", "_%_", int_type(), binary<modulo>);
    same("modulo_uint64", "_%_", uint_type(), binary<modulo>);
    declare.global("negate_int64", "-_", {int_type()}, int_type(), negated);
    declare.global("negate_double", "-_", {double_type()}, double_type(), negated);
    declare.global("logical_not", "!_", {bool_type()}, bool_type(), inverted);
}

void add_order(FunctionSet& functions, std::string_view name, const std::string& function, Function call) {
    struct Ordered {
        std::string_view id;
        Type type;
    };
    const Ordered numbers[] = {{"int64", int_type()}, {"uint64", uint_type()}, {"double", double_type()}};
    const Ordered others[] = {{"bool", bool_type()},
                              {"string", string_type()},
                              {"bytes", bytes_type()},
                              {"timestamp", timestamp_type()},
                              {"duration", duration_type()}};
    const auto declare = [&](std::string id, const Type& left, const Type& right, bool cross) {
        functions.add({.id = std::string(name) + "_" + std::move(id),
                       .function = function,
                       .member = false,
                       .parameters = {left, right},
                       .result = bool_type(),
                       .call = call,
                       .cross_type = cross});
    };
    for (const Ordered& left : numbers) {
        declare(std::string(left.id), left.type, left.type, false);
        for (const Ordered& right : numbers) {
            if (left.id != right.id) {
                declare(std::string(left.id) + "_" + std::string(right.id), left.type, right.type, true);
            }
        }
    }
    for (const Ordered& type : others) {
        declare(std::string(type.id), type.type, type.type, false);
    }
}

}  // namespace

void add_standard_operators(FunctionSet& functions) {
    Declarations declare(functions);
    add_sums(declare);
    add_products(declare);
    add_order(functions, "less", "_<_", binary<less>);
    add_order(functions, "less_equals", "_<=_", binary<less_or_equal>);
    add_order(functions, "greater", "_>_", binary<greater>);
    add_order(functions, "greater_equals", "_>=_", binary<greater_or_equal>);
    const Type any = Type::parameter("A");
    const Type other = Type::parameter("B");
    declare.global("equals", "_==_", {any, any}, bool_type(), equals);
    declare.global("not_equals", "_!=_", {any, any}, bool_type(), differs);
    declare.global("in_list", "@in", {any, Type::list(any)}, bool_type(), in_list);
    declare.global("in_map", "@in", {any, Type::map(any, other)}, bool_type(), in_map);
    const Type types[] = {bool_type(),
                          int_type(),
                          uint_type(),
                          double_type(),
                          string_type(),
                          bytes_type(),
                          duration_type(),
                          timestamp_type(),
                          Type::list(Type::dyn()),
                          Type::map(Type::dyn(), Type::dyn()),
                          Type::simple(TypeKind::kNull),
                          Type::simple(TypeKind::kType)};
    for (const Type& type : types) {
        functions.add_constant(std::string(type.name()), Type::type_of(type), Value::type(type));
    }
}

void add_standard(FunctionSet& functions) {
    add_standard_operators(functions);
    add_standard_conversions(functions);
    add_standard_texts(functions);
    add_standard_times(functions);
}

}  // namespace cel
