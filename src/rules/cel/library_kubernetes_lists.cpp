// SPDX-License-Identifier: 0BSD
// Kubernetes' library of lists: questions about the elements of one list.
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "rules/cel/declaration.hpp"
#include "rules/cel/libraries.hpp"
#include "rules/cel/operators.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;

Value no_overload() { return Value::error("no such overload"); }

bool is_ordered(const Value& value) {
    // What has an order equals itself, NaN aside.
    return value.kind() == ValueKind::kDouble || compare(value, value).has_value();
}

Value is_sorted(CallContext& /*context*/, Arguments arguments) {
    const Value& list = arguments[0];
    Value previous;
    for (std::size_t i = 0; i < list.size(); ++i) {
        Value element = list.element(i);
        if (!is_ordered(element)) {
            return no_overload();
        }
        if (i > 0 && compare(previous, element) == 1) {
            return Value::boolean(false);
        }
        previous = std::move(element);
    }
    return Value::boolean(true);
}

// The first element that no other passes on the side of `Wanted`: -1 the least, 1 the greatest.
template <int Wanted>
Value farthest(CallContext& /*context*/, Arguments arguments) {
    const Value& list = arguments[0];
    if (list.size() == 0) {
        return Value::error(fmt::format("{} called on empty list", Wanted < 0 ? "min" : "max"));
    }
    Value result;
    for (std::size_t i = 0; i < list.size(); ++i) {
        Value element = list.element(i);
        if (!is_ordered(element)) {
            return no_overload();
        }
        if (i == 0 || compare(element, result) == Wanted) {
            result = std::move(element);
        }
    }
    return result;
}

// The sum of two values of one kind.
Value sum_of(const Value& left, const Value& right) {
    const ValueKind kind = left.kind();
    const bool summed = kind == ValueKind::kInt || kind == ValueKind::kUint || kind == ValueKind::kDouble ||
                        kind == ValueKind::kDuration;
    return summed && kind == right.kind() ? add(left, right) : no_overload();
}

Value zero(ValueKind kind) {
    if (kind == ValueKind::kUint) {
        return Value::unsigned_integer(0);
    }
    if (kind == ValueKind::kDouble) {
        return Value::real(0);
    }
    return kind == ValueKind::kDuration ? Value::duration({}) : Value::integer(0);
}

// `Kind` is the sum of no elements; elements tell their kind themselves.
template <ValueKind Kind>
Value sum(CallContext& /*context*/, Arguments arguments) {
    const Value& list = arguments[0];
    Value result = zero(list.size() == 0 ? Kind : list.element(0).kind());
    for (std::size_t i = 0; i < list.size(); ++i) {
        result = sum_of(result, list.element(i));
        if (result.is_error()) {
            return result;
        }
    }
    return result;
}

Value index_of(CallContext& /*context*/, Arguments arguments) {
    const Value& list = arguments[0];
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (equal(list.element(i), arguments[1])) {
            return Value::integer(static_cast<std::int64_t>(i));
        }
    }
    return Value::integer(-1);
}

Value last_index_of(CallContext& /*context*/, Arguments arguments) {
    const Value& list = arguments[0];
    for (std::size_t i = list.size(); i > 0; --i) {
        if (equal(list.element(i - 1), arguments[1])) {
            return Value::integer(static_cast<std::int64_t>(i) - 1);
        }
    }
    return Value::integer(-1);
}

struct Element {
    std::string_view name;
    Type type;
};

std::array<Element, 8> ordered_elements() {
    return {{{"int", int_type()},
             {"uint", uint_type()},
             {"double", double_type()},
             {"bool", bool_type()},
             {"duration", duration_type()},
             {"timestamp", timestamp_type()},
             {"string", string_type()},
             {"bytes", bytes_type()}}};
}

}  // namespace

void add_kubernetes_lists(FunctionSet& functions) {
    Declarations declare(functions);
    for (const Element& element : ordered_elements()) {
        const Type list = Type::list(element.type);
        declare.member(fmt::format("list_{}_is_sorted_bool", element.name), "isSorted", {list}, bool_type(),
                       is_sorted);
        declare.member(fmt::format("list_{0}_max_{0}", element.name), "max", {list}, element.type,
                       farthest<1>);
        declare.member(fmt::format("list_{0}_min_{0}", element.name), "min", {list}, element.type,
                       farthest<-1>);
    }
    declare.member("list_int_sum_int", "sum", {Type::list(int_type())}, int_type(), sum<ValueKind::kInt>);
    declare.member("list_uint_sum_uint", "sum", {Type::list(uint_type())}, uint_type(),
                   sum<ValueKind::kUint>);
    declare.member("list_double_sum_double", "sum", {Type::list(double_type())}, double_type(),
                   sum<ValueKind::kDouble>);
    declare.member("list_duration_sum_duration", "sum", {Type::list(duration_type())}, duration_type(),
                   sum<ValueKind::kDuration>);
    const Type any = Type::parameter("A");
    declare.member("list_a_index_of_int", "indexOf", {Type::list(any), any}, int_type(), index_of);
    declare.member("list_a_last_index_of_int", "lastIndexOf", {Type::list(any), any}, int_type(),
                   last_index_of);
}

}  // namespace cel
