// SPDX-License-Identifier: 0BSD
// The library of lists (cel-go, ext/lists): new lists from old ones.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "rules/cel/declaration.hpp"
#include "rules/cel/libraries.hpp"
#include "rules/cel/scalar_set.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;

constexpr std::int64_t kRangeMax = 1'000'000;  // the original's

Value slice(CallContext& /*context*/, Arguments arguments) {
    const Value& list = arguments[0];
    const std::int64_t start = arguments[1].as_int();
    const std::int64_t end = arguments[2].as_int();
    if (start < 0 || end < 0) {
        return Value::error(fmt::format("cannot slice({}, {}), negative indexes not supported", start, end));
    }
    if (start > end) {
        return Value::error(fmt::format(
            "cannot slice({}, {}), start index must be less than or equal to end index", start, end));
    }
    if (static_cast<std::uint64_t>(end) > list.size()) {
        return Value::error(fmt::format("cannot slice({}, {}), list is length {}", start, end, list.size()));
    }
    std::vector<Value> elements;
    elements.reserve(static_cast<std::size_t>(end - start));
    for (auto i = static_cast<std::size_t>(start); i < static_cast<std::size_t>(end); ++i) {
        elements.push_back(list.element(i));
    }
    return Value::list(std::move(elements));
}

// Adds the elements of `list`, those of lists within it down to `depth`; false when the limit is reached.
bool flatten_into(CallContext& context, const Value& list, std::int64_t depth, std::uint64_t& paid,
                  std::vector<Value>& to) {
    for (std::size_t i = 0; i < list.size(); ++i) {
        Value element = list.element(i);
        if (element.kind() == ValueKind::kList && depth > 0) {
            if (!flatten_into(context, element, depth - 1, paid, to)) {
                return false;
            }
            continue;
        }
        if (to.size() >= paid) {
            constexpr std::uint64_t kElementsPaidAtOnce = 1024;
            if (!pay_for_elements(context, kElementsPaidAtOnce)) {
                return false;
            }
            paid += kElementsPaidAtOnce;
        }
        to.push_back(std::move(element));
    }
    return true;
}

Value flatten(CallContext& context, Arguments arguments) {
    const std::int64_t depth = arguments.size() > 1 ? arguments[1].as_int() : 1;
    if (depth < 0) {
        return Value::error("level must be non-negative");
    }
    std::uint64_t paid = arguments[0].size();  // which the price counts
    std::vector<Value> elements;
    return flatten_into(context, arguments[0], depth, paid, elements) ? Value::list(std::move(elements))
                                                                      : cost_exceeded();
}

bool is_ordered(ValueKind kind) {
    switch (kind) {
        case ValueKind::kBool:
        case ValueKind::kInt:
        case ValueKind::kUint:
        case ValueKind::kDouble:
        case ValueKind::kString:
        case ValueKind::kBytes:
        case ValueKind::kDuration:
        case ValueKind::kTimestamp: return true;
        case ValueKind::kError:
        case ValueKind::kNull:
        case ValueKind::kType:
        case ValueKind::kList:
        case ValueKind::kMap:
        case ValueKind::kOptional:
        case ValueKind::kOpaque: return false;
    }
    return false;
}

bool is_nan(const Value& value) {
    return value.kind() == ValueKind::kDouble && std::isnan(value.as_double());
}

// NaN has no order: it comes last, so that the others have one.
bool before(const Value& left, const Value& right) {
    if (is_nan(left) || is_nan(right)) {
        return !is_nan(left);
    }
    return compare(left, right) == -1;
}

// What is wrong with `keys` as something to sort by.
std::optional<Value> refuse_keys(const std::vector<Value>& keys) {
    if (keys.empty()) {
        return std::nullopt;
    }
    if (!is_ordered(keys.front().kind())) {
        return Value::error("list elements must be comparable");
    }
    const bool alike =
        std::ranges::all_of(keys, [&keys](const Value& key) { return key.kind() == keys.front().kind(); });
    return alike ? std::nullopt : std::optional(Value::error("list elements must have the same type"));
}

std::vector<Value> elements_of(const Value& list) {
    std::vector<Value> elements;
    elements.reserve(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        elements.push_back(list.element(i));
    }
    return elements;
}

Value sort_by_keys(CallContext& /*context*/, Arguments arguments) {
    const Value& list = arguments[0];
    const std::vector<Value> keys = elements_of(arguments[1]);
    if (list.size() != keys.size()) {
        return Value::error(fmt::format(
            "@sortByAssociatedKeys() expected a list of the same size as the associated keys list, "
            "but got {} and {} elements respectively",
            list.size(), keys.size()));
    }
    if (std::optional<Value> refusal = refuse_keys(keys)) {
        return *std::move(refusal);
    }
    std::vector<std::size_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&keys](std::size_t left, std::size_t right) {
        return before(keys[left], keys[right]) || (left < right && !before(keys[right], keys[left]));
    });
    std::vector<Value> sorted;
    sorted.reserve(order.size());
    for (const std::size_t index : order) {
        sorted.push_back(list.element(index));
    }
    return Value::list(std::move(sorted));
}

Value sort(CallContext& context, Arguments arguments) {
    const Value both[] = {arguments[0], arguments[0]};
    return sort_by_keys(context, both);
}

Value range(CallContext& context, Arguments arguments) {
    const std::int64_t size = arguments[0].as_int();
    if (size < 0) {
        return Value::error(fmt::format("lists.range: size must be non-negative, got {}", size));
    }
    if (size > kRangeMax) {
        return Value::error(
            fmt::format("lists.range: size {} exceeds maximum allowed ({})", size, kRangeMax));
    }
    if (!pay_for_elements(context, static_cast<std::uint64_t>(size))) {
        return cost_exceeded();
    }
    std::vector<Value> elements;
    elements.reserve(static_cast<std::size_t>(size));
    for (std::int64_t i = 0; i < size; ++i) {
        elements.push_back(Value::integer(i));
    }
    return Value::list(std::move(elements));
}

Value reverse(CallContext& /*context*/, Arguments arguments) {
    std::vector<Value> elements = elements_of(arguments[0]);
    std::ranges::reverse(elements);
    return Value::list(std::move(elements));
}

// Scalars are looked up; what else there is, is compared with what else was kept.
Value distinct(CallContext& context, Arguments arguments) {
    const Value& list = arguments[0];
    ScalarSet seen;
    std::vector<Value> others;
    std::vector<Value> kept;
    for (std::size_t i = 0; i < list.size(); ++i) {
        Value element = list.element(i);
        if (ScalarSet::takes(element)) {
            if (seen.insert(element)) {
                kept.push_back(std::move(element));
            }
            continue;
        }
        if (!pay_for_comparisons(context, others.size())) {
            return cost_exceeded();
        }
        if (std::ranges::none_of(others, [&element](const Value& other) { return equal(element, other); })) {
            others.push_back(element);
            kept.push_back(std::move(element));
        }
    }
    return Value::list(std::move(kept));
}

Value first(CallContext& /*context*/, Arguments arguments) {
    const Value& list = arguments[0];
    return list.size() == 0 ? Value::optional_none() : Value::optional_of(list.element(0));
}

Value last(CallContext& /*context*/, Arguments arguments) {
    const Value& list = arguments[0];
    return list.size() == 0 ? Value::optional_none() : Value::optional_of(list.element(list.size() - 1));
}

}  // namespace

void add_list_ends(FunctionSet& functions) {
    const Type element = Type::parameter("V");
    Declarations declare(functions);
    declare.member("list_first", "first", {Type::list(element)}, Type::optional(element), first);
    declare.member("list_last", "last", {Type::list(element)}, Type::optional(element), last);
}

void add_lists(FunctionSet& functions) {
    const Type list = Type::list(Type::parameter("T"));
    const Type any_list = Type::list(Type::dyn());
    const std::array compared = {int_type(),      uint_type(),      double_type(), bool_type(),
                                 duration_type(), timestamp_type(), string_type(), bytes_type()};
    Declarations declare(functions);
    declare.member("list_slice", "slice", {list, int_type(), int_type()}, list, slice);
    declare.member("list_flatten", "flatten", {Type::list(list)}, list, flatten, {.unguarded = true});
    declare.member("list_flatten_int", "flatten", {any_list, int_type()}, any_list, flatten);
    for (const Type& type : compared) {
        declare.member(fmt::format("list_{}_sort", type.name()), "sort", {Type::list(type)}, Type::list(type),
                       sort, {.unguarded = true});
        declare.member(fmt::format("list_{}_sortByAssociatedKeys", type.name()), "@sortByAssociatedKeys",
                       {list, Type::list(type)}, list, sort_by_keys, {.unguarded = true});
    }
    declare.global("lists_range", "lists.range", {int_type()}, Type::list(int_type()), range);
    declare.member("list_reverse", "reverse", {list}, list, reverse);
    declare.member("list_distinct", "distinct", {list}, list, distinct);
    add_list_ends(functions);
}

}  // namespace cel
