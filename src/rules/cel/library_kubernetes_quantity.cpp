// SPDX-License-Identifier: 0BSD
// Kubernetes' library of quantities: quantity() reads one; members compare and add.
#include <memory>
#include <utility>

#include "rules/cel/declaration.hpp"
#include "rules/cel/libraries.hpp"
#include "rules/cel/ordered_opaque.hpp"
#include "rules/cel/quantity.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;

Value no_overload() { return Value::error("no such overload"); }

Value held(base::Result<Quantity> quantity) {
    return quantity ? Value::opaque(std::make_shared<const Quantity>(*std::move(quantity)))
                    : Value::error(quantity.error().message);
}

Value quantity(CallContext& /*context*/, Arguments arguments) {
    return held(Quantity::parse(arguments[0].as_string()));
}

Value is_quantity(CallContext& /*context*/, Arguments arguments) {
    return Value::boolean(Quantity::parse(arguments[0].as_string()).has_value());
}

Value sign(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<Quantity>();
    return target == nullptr ? no_overload() : Value::integer(target->sign());
}

Value as_integer(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<Quantity>();
    if (target == nullptr) {
        return no_overload();
    }
    const std::optional<std::int64_t> value = target->integer();
    return value ? Value::integer(*value) : Value::error("cannot convert value to integer");
}

Value is_integer(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<Quantity>();
    return target == nullptr ? no_overload() : Value::boolean(target->integer().has_value());
}

Value as_float(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<Quantity>();
    return target == nullptr ? no_overload() : Value::real(target->approximate());
}

enum class Operation { kAdd, kSubtract };

template <Operation What>
Value combine(CallContext& /*context*/, Arguments arguments) {
    const auto* left = arguments[0].as<Quantity>();
    if (left == nullptr) {
        return no_overload();
    }
    if (arguments[1].kind() == ValueKind::kInt) {
        const Quantity right = Quantity::of(arguments[1].as_int(), Quantity::Notation::kExponent);
        return held(What == Operation::kAdd ? left->plus(right) : left->minus(right));
    }
    const auto* right = arguments[1].as<Quantity>();
    if (right == nullptr) {
        return no_overload();
    }
    return held(What == Operation::kAdd ? left->plus(*right) : left->minus(*right));
}

}  // namespace

void add_kubernetes_quantity(FunctionSet& functions) {
    const Type type = Quantity::opaque_type();
    Declarations declare(functions);
    declare.global("string_to_quantity", "quantity", {string_type()}, type, quantity);
    declare.global("is_quantity_string", "isQuantity", {string_type()}, bool_type(), is_quantity);
    declare.global("quantity_sign", "sign", {type}, int_type(),
                   sign);  // sign(q): not a member in the original either
    declare.member("quantity_is_greater_than", "isGreaterThan", {type, type}, bool_type(),
                   is_ordered<Quantity, 1>);
    declare.member("quantity_is_less_than", "isLessThan", {type, type}, bool_type(),
                   is_ordered<Quantity, -1>);
    declare.member("quantity_compare_to", "compareTo", {type, type}, int_type(), compare_to<Quantity>);
    declare.member("quantity_get_float", "asApproximateFloat", {type}, double_type(), as_float);
    declare.member("quantity_get_int", "asInteger", {type}, int_type(), as_integer);
    declare.member("quantity_is_integer", "isInteger", {type}, bool_type(), is_integer);
    declare.member("quantity_add", "add", {type, type}, type, combine<Operation::kAdd>);
    declare.member("quantity_add_int", "add", {type, int_type()}, type, combine<Operation::kAdd>);
    declare.member("quantity_sub", "sub", {type, type}, type, combine<Operation::kSubtract>);
    declare.member("quantity_sub_int", "sub", {type, int_type()}, type, combine<Operation::kSubtract>);
}

}  // namespace cel
