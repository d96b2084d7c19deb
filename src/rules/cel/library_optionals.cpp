// SPDX-License-Identifier: 0BSD
// Optional values (cel-go, OptionalTypes).
#include "rules/cel/declaration.hpp"
#include "rules/cel/libraries.hpp"
#include "rules/cel/operators.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;

bool is_zero(const Value& value) {
    switch (value.kind()) {
        case ValueKind::kNull: return true;
        case ValueKind::kBool: return !value.as_bool();
        case ValueKind::kInt: return value.as_int() == 0;
        case ValueKind::kUint: return value.as_uint() == 0;
        case ValueKind::kDouble: return value.as_double() == 0;
        case ValueKind::kString: return value.as_string().empty();
        case ValueKind::kBytes: return value.as_bytes().empty();
        case ValueKind::kDuration: return value.as_duration() == DurationValue{};
        // The zero of timestamps is the first moment of the year 1, not that of 1970.
        case ValueKind::kTimestamp: return value.as_timestamp() == TimestampValue{-62'135'596'800, 0};
        case ValueKind::kList:
        case ValueKind::kMap: return value.size() == 0;
        case ValueKind::kOptional:  // even one without a value is no zero
        case ValueKind::kError:
        case ValueKind::kType:
        case ValueKind::kOpaque: break;
    }
    return false;
}

Value of(CallContext&, Arguments arguments) { return Value::optional_of(arguments[0]); }
Value of_non_zero(CallContext&, Arguments arguments) {
    return is_zero(arguments[0]) ? Value::optional_none() : Value::optional_of(arguments[0]);
}
Value none(CallContext&, Arguments) { return Value::optional_none(); }
Value has_value(CallContext&, Arguments arguments) { return Value::boolean(arguments[0].held().has_value()); }
Value value_of(CallContext&, Arguments arguments) {
    std::optional<Value> held = arguments[0].held();
    return held ? *std::move(held) : Value::error("optional.none() dereference");
}
Value either(CallContext&, Arguments arguments) { return arguments[0].held() ? arguments[0] : arguments[1]; }
Value or_value(CallContext&, Arguments arguments) {
    std::optional<Value> held = arguments[0].held();
    return held ? *std::move(held) : arguments[1];
}

Value unwrapped(CallContext&, Arguments arguments) {
    std::vector<Value> out;
    for (std::size_t at = 0; at < arguments[0].size(); ++at) {
        const Value element = arguments[0].element(at);
        if (element.kind() != ValueKind::kOptional) {
            return no_such_overload("unwrapOpt");
        }
        if (std::optional<Value> held = element.held()) {
            out.push_back(*std::move(held));
        }
    }
    return Value::list(std::move(out));
}

}  // namespace

void add_optionals(FunctionSet& functions) {
    const Type any = Type::parameter("V");
    const Type optional = Type::optional(any);
    Declarations declare(functions);
    declare.global("optional_of", "optional.of", {any}, optional, of);
    declare.global("optional_ofNonZeroValue", "optional.ofNonZeroValue", {any}, optional, of_non_zero);
    declare.global("optional_none", "optional.none", {}, optional, none);
    declare.global("optional_unwrap", "optional.unwrap", {Type::list(optional)}, Type::list(any), unwrapped);
    declare.member("optional_unwrapOpt", "unwrapOpt", {Type::list(optional)}, Type::list(any), unwrapped);
    declare.member("optional_hasValue", "hasValue", {optional}, bool_type(), has_value);
    declare.member("optional_value", "value", {optional}, any, value_of);
    declare.member("optional_or_optional", "or", {optional, optional}, optional, either);
    declare.member("optional_orValue_value", "orValue", {optional, any}, any, or_value);
    add_list_ends(functions);
    functions.add_constant("optional_type", Type::type_of(optional),
                           Value::type(Type::optional(Type::dyn())));
}

}  // namespace cel
