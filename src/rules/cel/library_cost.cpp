// SPDX-License-Identifier: 0BSD
// The prices told after a call, and the table that gives each overload its price.
#include "rules/cel/library_cost.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "rules/cel/code_points.hpp"
#include "rules/cel/library_cost_estimate.hpp"
#include "rules/cel/named_format.hpp"
#include "rules/cel/network_address.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;

constexpr std::uint64_t kUnbounded = std::numeric_limits<std::uint64_t>::max();
constexpr double kTraversal = 0.1;  // a unit looks at ten characters
constexpr double kRegexLength =
    0.25;  // a regular expression is thought to have a step for every fourth character
constexpr std::uint64_t kListBase = 10;

std::uint64_t nominal(Arguments /*arguments*/, const Value& /*result*/) { return 1; }

std::uint64_t traversal_of_first(Arguments arguments, const Value& /*result*/) {
    return scaled(counted_size(arguments[0]), kTraversal);
}

std::uint64_t twice_of_first(Arguments arguments, const Value& /*result*/) {
    return scaled(counted_size(arguments[0]), 2 * kTraversal);
}

std::uint64_t twice_of_result(Arguments /*arguments*/, const Value& result) {
    return scaled(counted_size(result), 2 * kTraversal);
}

// What a look at each part of `value` costs; nesting is bounded by what made the value.
std::uint64_t traversal(const Value& value) {
    std::uint64_t sum = 0;
    switch (value.kind()) {
        case ValueKind::kString:
            return static_cast<std::uint64_t>(static_cast<double>(value.as_string().size()) * kTraversal);
        case ValueKind::kBytes:
            return static_cast<std::uint64_t>(static_cast<double>(value.as_bytes().size()) * kTraversal);
        case ValueKind::kList:
            for (std::size_t i = 0; i < value.size(); ++i) {
                sum = saturating_add(sum, traversal(value.element(i)));
            }
            return sum;
        case ValueKind::kMap:
            for (const Value& key : value.keys()) {
                const std::optional<Value> held = value.entry(key);
                sum = saturating_add(sum, saturating_add(traversal(key), held ? traversal(*held) : 0));
            }
            return sum;
        case ValueKind::kError:
        case ValueKind::kNull:
        case ValueKind::kBool:
        case ValueKind::kInt:
        case ValueKind::kUint:
        case ValueKind::kDouble:
        case ValueKind::kDuration:
        case ValueKind::kTimestamp:
        case ValueKind::kType:
        case ValueKind::kOptional:
        case ValueKind::kOpaque: return 1;
    }
    return 1;
}

std::uint64_t deep_traversal_of_first(Arguments arguments, const Value& /*result*/) {
    return traversal(arguments[0]);
}

std::uint64_t regex_search(std::uint64_t text, std::uint64_t pattern) {
    const auto steps = static_cast<std::uint64_t>(std::ceil((1.0 + static_cast<double>(text)) * kTraversal));
    return saturating_multiply(steps, scaled(pattern, kRegexLength));
}

std::uint64_t find(Arguments arguments, const Value& /*result*/) {
    return regex_search(counted_size(arguments[0]), counted_size(arguments[1]));
}

std::uint64_t validate(Arguments arguments, const Value& /*result*/) {
    const auto* format = arguments[0].as<NamedFormat>();
    return regex_search(counted_size(arguments[1]), format == nullptr ? 0 : format->pattern_characters());
}

std::uint64_t contains_address(Arguments arguments, const Value& /*result*/) {
    return scaled(2 * counted_size(arguments[0]), kTraversal);
}

std::uint64_t contains_address_text(Arguments arguments, const Value& result) {
    return contains_address(arguments, result) + scaled(counted_size(arguments[1]), kTraversal);
}

std::uint64_t contains_range(Arguments arguments, const Value& result) {
    return contains_address(arguments, result) + scaled(counted_size(arguments[0]), kTraversal) + 1;
}

std::uint64_t contains_range_text(Arguments arguments, const Value& result) {
    return contains_range(arguments, result) + scaled(counted_size(arguments[1]), kTraversal);
}

std::uint64_t list_of_result(Arguments /*arguments*/, const Value& result) {
    return saturating_add(counted_size(result), kListBase + 1);
}

std::uint64_t flatten(Arguments arguments, const Value& /*result*/) {
    double depth = arguments.size() == 2 ? static_cast<double>(arguments[1].as_int()) : 1.0;
    if (depth < 0) {
        depth = 1.0;
    }
    return saturating_add(scaled(counted_size(arguments[0]), depth), kListBase + 1);
}

std::uint64_t self_comparison(const Value& list) {
    const std::uint64_t size = counted_size(list);
    double factor = 2.0;
    if (size > 0) {
        const ValueKind kind = list.element(0).kind();
        factor += kind == ValueKind::kString || kind == ValueKind::kBytes ? kTraversal : 0.0;
    }
    const double comparisons = static_cast<double>(saturating_multiply(size, size)) * factor;
    return saturating_add(comparisons >= 0x1p64 ? kUnbounded : static_cast<std::uint64_t>(comparisons),
                          kListBase + 1);
}

std::uint64_t compares_first(Arguments arguments, const Value& /*result*/) {
    return counted_size(arguments[0]) == 0 ? kListBase + 1 : self_comparison(arguments[0]);
}

std::uint64_t compares_second(Arguments arguments, const Value& /*result*/) {
    return self_comparison(arguments[1]);
}

std::uint64_t set_comparison(Arguments arguments, const Value& /*result*/) {
    return saturating_add(saturating_multiply(counted_size(arguments[0]), counted_size(arguments[1])), 1);
}

std::uint64_t set_comparison_twice(Arguments arguments, const Value& result) {
    return saturating_add(saturating_multiply(2, set_comparison(arguments, result) - 1), 1);
}

std::uint64_t elements_of_first(Arguments arguments, const Value& /*result*/) {
    return saturating_add(counted_size(arguments[0]), 1);
}

std::uint64_t encoding(Arguments arguments, const Value& /*result*/) {
    return saturating_add(scaled(counted_size(arguments[0]), kTraversal), 1);
}

std::uint64_t encoding_of_result(Arguments /*arguments*/, const Value& result) {
    return saturating_add(scaled(counted_size(result), kTraversal), 1);
}

double pattern_work(Arguments arguments) {
    return (static_cast<double>(counted_size(arguments[0])) + 1) * kTraversal *
           ((static_cast<double>(counted_size(arguments[1])) + 1) * kRegexLength);
}

std::uint64_t rounded_up(double units) {
    return units >= 0x1p64 ? kUnbounded : static_cast<std::uint64_t>(std::ceil(units));
}

std::uint64_t extract(Arguments arguments, const Value& result) {
    return rounded_up(1 + pattern_work(arguments) + static_cast<double>(counted_size(result)));
}

std::uint64_t extract_all(Arguments arguments, const Value& result) {
    return rounded_up(1 + pattern_work(arguments) + static_cast<double>(counted_size(result)) + kListBase);
}

std::uint64_t replace_pattern(Arguments arguments, const Value& result) {
    return rounded_up(std::floor(1 + pattern_work(arguments) + static_cast<double>(counted_size(result))));
}

struct Entry {
    std::string_view name;
    Price price;
};

// Overloads whose price differs from that of their function, and those of cel-go's own libraries.
constexpr std::array kById = {
    Entry{"cidr_ip", {nominal, estimate::nominal}},
    Entry{"cidr_contains_ip_string", {contains_address_text, estimate::contains_address_text}},
    Entry{"cidr_contains_cidr_string", {contains_range_text, estimate::contains_range_text}},
    Entry{"string_index_of_string", {deep_traversal_of_first, estimate::traversal_of_first}},
    Entry{"string_index_of_string_int", {deep_traversal_of_first, estimate::traversal_of_first}},
    Entry{"string_last_index_of_string", {deep_traversal_of_first, estimate::traversal_of_first}},
    Entry{"string_last_index_of_string_int", {deep_traversal_of_first, estimate::traversal_of_first}},
    Entry{"list_string_is_sorted_bool", {deep_traversal_of_first, estimate::texts_of_first}},
    Entry{"list_bytes_is_sorted_bool", {deep_traversal_of_first, estimate::texts_of_first}},
    Entry{"list_string_max_string", {deep_traversal_of_first, estimate::texts_of_first}},
    Entry{"list_bytes_max_bytes", {deep_traversal_of_first, estimate::texts_of_first}},
    Entry{"list_string_min_string", {deep_traversal_of_first, estimate::texts_of_first}},
    Entry{"list_bytes_min_bytes", {deep_traversal_of_first, estimate::texts_of_first}},
    Entry{"list_a_index_of_int", {deep_traversal_of_first, estimate::texts_of_first}},
    Entry{"list_a_last_index_of_int", {deep_traversal_of_first, estimate::texts_of_first}},
    Entry{"string_format", {traversal_of_first, estimate::traversal_of_first}},
    Entry{"strings_quote", {traversal_of_first, estimate::quote}},
    Entry{"string_reverse", {}},
    Entry{"list_slice", {list_of_result, estimate::slice}},
    Entry{"lists_range", {list_of_result, estimate::unbounded_list}},
    Entry{"list_reverse", {list_of_result, estimate::list_of_first}},
    Entry{"list_flatten", {flatten, estimate::list_of_first}},
    Entry{"list_flatten_int", {flatten, estimate::unbounded_list}},
    Entry{"list_distinct", {compares_first, estimate::compares_any_of_first}},
    Entry{"list_sets_contains_list", {set_comparison, estimate::set_comparison}},
    Entry{"list_sets_intersects_list", {set_comparison, estimate::set_comparison}},
    Entry{"list_sets_equivalent_list", {set_comparison_twice, estimate::set_comparison_twice}},
    Entry{"base64_decode_string", {encoding, estimate::decoding}},
    Entry{"base64_encode_bytes", {encoding, estimate::encoding}},
    // The original asks for more than any limit allows; the text is paid for as it grows.
    Entry{"json_encode_dyn", {encoding_of_result, estimate::unbounded}},
    Entry{"regex_extract_string_string", {extract, estimate::extract}},
    Entry{"regex_extractAll_string_string", {extract_all, estimate::extract_all}},
    Entry{"regex_replace_string_string_string", {replace_pattern, estimate::replace_pattern}},
    Entry{"regex_replace_string_string_string_int", {replace_pattern, estimate::replace_pattern}},
};

// Families of overloads: their ids' beginning.
constexpr std::array kByIdPrefix = {
    Entry{"math_@min_list_", {elements_of_first, estimate::elements_and_call}},
    Entry{"math_@max_list_", {elements_of_first, estimate::elements_and_call}},
};

constexpr std::array kByFunction = {
    Entry{"isSorted", {deep_traversal_of_first, estimate::elements_of_first}},
    Entry{"sum", {deep_traversal_of_first, estimate::elements_of_first}},
    Entry{"max", {deep_traversal_of_first, estimate::elements_of_first}},
    Entry{"min", {deep_traversal_of_first, estimate::elements_of_first}},
    Entry{"url", {traversal_of_first, estimate::same_size}},
    Entry{"lowerAscii", {traversal_of_first, estimate::same_size}},
    Entry{"upperAscii", {traversal_of_first, estimate::same_size}},
    Entry{"substring", {traversal_of_first, estimate::same_size}},
    Entry{"trim", {traversal_of_first, estimate::same_size}},
    Entry{"replace", {twice_of_first, estimate::replace}},
    Entry{"split", {twice_of_first, estimate::split}},
    Entry{"join", {twice_of_result, estimate::join}},
    Entry{"find", {find, estimate::find}},
    Entry{"findAll", {find, estimate::find}},
    Entry{"cidr", {traversal_of_first, estimate::traversal_of_first}},
    Entry{"isIP", {traversal_of_first, estimate::traversal_of_first}},
    Entry{"isCIDR", {traversal_of_first, estimate::traversal_of_first}},
    Entry{"ip", {traversal_of_first, estimate::traversal_of_first}},
    Entry{"ip.isCanonical", {twice_of_first, estimate::twice_of_first}},
    Entry{"containsIP", {contains_address, estimate::contains_address}},
    Entry{"containsCIDR", {contains_range, estimate::contains_range}},
    Entry{"quantity", {traversal_of_first, estimate::traversal_of_first}},
    Entry{"isQuantity", {traversal_of_first, estimate::traversal_of_first}},
    Entry{"semver", {traversal_of_first, estimate::traversal_of_first}},
    Entry{"isSemver", {traversal_of_first, estimate::traversal_of_first}},
    Entry{"validate", {validate, estimate::validate}},
};

// list_int_sort, list_string_sortByAssociatedKeys, …: named after the type of what is compared.
std::optional<Price> sort_price(std::string_view id) {
    const bool by_keys = id.ends_with("_sortByAssociatedKeys");
    if (!id.starts_with("list_") || (!by_keys && !id.ends_with("_sort"))) {
        return std::nullopt;
    }
    const bool texts = id.starts_with("list_string_") || id.starts_with("list_bytes_");
    if (by_keys) {
        return Price{compares_second, texts ? estimate::compares_texts_of_second : estimate::compares_second};
    }
    return Price{compares_first, texts ? estimate::compares_texts_of_first : estimate::compares_first};
}

// Ten bytes cost a unit when a text is looked at; the same holds when one is written.

}  // namespace

Price library_price(std::string_view function, std::string_view id) {
    if (const auto* found = std::ranges::find(kById, id, &Entry::name); found != kById.end()) {
        return found->price;
    }
    for (const Entry& entry : kByIdPrefix) {
        if (id.starts_with(entry.name)) {
            return entry.price;
        }
    }
    if (const std::optional<Price> price = sort_price(id)) {
        return *price;
    }
    const auto* found = std::ranges::find(kByFunction, function, &Entry::name);
    return found == kByFunction.end() ? Price{} : found->price;
}

std::uint64_t counted_size(const Value& value) {
    switch (value.kind()) {
        case ValueKind::kString: return code_point_count(value.as_string());
        case ValueKind::kBytes: return value.as_bytes().size();
        case ValueKind::kList:
        case ValueKind::kMap: return value.size();
        case ValueKind::kOpaque:
            if (const auto* address = value.as<NetworkAddress>()) {
                return address->byte_count();
            }
            if (const auto* range = value.as<NetworkRange>()) {
                return (range->prefix_bits() + 7) / 8;
            }
            return 1;
        case ValueKind::kError:
        case ValueKind::kNull:
        case ValueKind::kBool:
        case ValueKind::kInt:
        case ValueKind::kUint:
        case ValueKind::kDouble:
        case ValueKind::kDuration:
        case ValueKind::kTimestamp:
        case ValueKind::kType:
        case ValueKind::kOptional: return 1;
    }
    return 1;
}

std::uint64_t saturating_add(std::uint64_t left, std::uint64_t right) {
    return left > kUnbounded - right ? kUnbounded : left + right;
}

std::uint64_t saturating_multiply(std::uint64_t left, std::uint64_t right) {
    return right != 0 && left > kUnbounded / right ? kUnbounded : left * right;
}

std::uint64_t scaled(std::uint64_t size, double factor) {
    return rounded_up(static_cast<double>(size) * factor);
}

bool pay_for_text(CallContext& context, std::uint64_t bytes, std::uint64_t covered) {
    return bytes <= covered || context.keep(bytes - covered);
}

bool pay_for_elements(CallContext& context, std::uint64_t elements) {
    return context.keep(saturating_multiply(elements, sizeof(Value)));
}

bool pay_for_comparisons(CallContext& context, std::uint64_t comparisons) {
    return context.work(comparisons);
}

}  // namespace cel
