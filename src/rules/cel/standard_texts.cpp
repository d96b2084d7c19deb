// SPDX-License-Identifier: 0BSD
// size, contains, startsWith, endsWith and matches.
#include <re2/re2.h>

#include "rules/cel/code_points.hpp"
#include "rules/cel/declaration.hpp"
#include "rules/cel/operators.hpp"
#include "rules/cel/standard.hpp"
#include "rules/cel/text_search.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;
using Sizes = std::span<const SizeEstimate>;

Value size(CallContext&, Arguments arguments) {
    return Value::integer(static_cast<std::int64_t>(counted_size(arguments[0])));
}
Value contains(CallContext&, Arguments arguments) {
    return Value::boolean(find_first(arguments[0].as_string(), arguments[1].as_string()) !=
                          std::string_view::npos);
}
Value starts_with(CallContext&, Arguments arguments) {
    return Value::boolean(arguments[0].as_string().starts_with(arguments[1].as_string()));
}
Value ends_with(CallContext&, Arguments arguments) {
    return Value::boolean(arguments[0].as_string().ends_with(arguments[1].as_string()));
}
Value matches(CallContext& context, Arguments arguments) {
    const std::string_view text = arguments[0].as_string();
    const std::shared_ptr<const re2::RE2> regex = context.regex(arguments[1].as_string());
    return regex ? Value::boolean(re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex))
                 : Value::error("the regular expression is malformed");
}

// A quarter of the pattern's letters, as the guess at its parts.
std::uint64_t pattern_cost(std::uint64_t letters) { return letters / 4 + (letters % 4 != 0 ? 1 : 0); }

std::uint64_t second_cost(Arguments arguments, const Value&) {
    return traversal_cost(counted_size(arguments[1]));
}
std::uint64_t contains_cost(Arguments arguments, const Value&) {
    return saturating_multiply(traversal_cost(counted_size(arguments[0])),
                               traversal_cost(counted_size(arguments[1])));
}
std::uint64_t matches_cost(Arguments arguments, const Value&) {
    return saturating_multiply(traversal_cost(1 + counted_size(arguments[0])),
                               pattern_cost(counted_size(arguments[1])));
}

std::uint64_t one_more(std::uint64_t size) { return saturating_add(size, 1); }

CostEstimate second_estimate(Sizes sizes) {
    return {.least = traversal_cost(sizes[1].least), .most = traversal_cost(sizes[1].most), .result = {1, 1}};
}
CostEstimate contains_estimate(Sizes sizes) {
    return {.least = saturating_multiply(traversal_cost(sizes[0].least), traversal_cost(sizes[1].least)),
            .most = saturating_multiply(traversal_cost(sizes[0].most), traversal_cost(sizes[1].most)),
            .result = {1, 1}};
}
CostEstimate matches_estimate(Sizes sizes) {
    return {
        .least = saturating_multiply(traversal_cost(one_more(sizes[0].least)), pattern_cost(sizes[1].least)),
        .most = saturating_multiply(traversal_cost(one_more(sizes[0].most)), pattern_cost(sizes[1].most)),
        .result = {1, 1}};
}

}  // namespace

void add_standard_texts(FunctionSet& functions) {
    const Type list = Type::list(Type::parameter("A"));
    const Type map = Type::map(Type::parameter("A"), Type::parameter("B"));
    Declarations declare(functions);
    const std::pair<std::string, Type> sized[] = {
        {"string", string_type()}, {"bytes", bytes_type()}, {"list", list}, {"map", map}};
    for (const auto& [name, type] : sized) {
        declare.global("size_" + name, "size", {type}, int_type(), size);
        declare.member(name + "_size", "size", {type}, int_type(), size);
    }
    const auto text = [&](std::string id, std::string function, bool member, Function call, CallCost cost,
                          EstimatedCost estimate) {
        functions.add({.id = std::move(id),
                       .function = std::move(function),
                       .member = member,
                       .parameters = {string_type(), string_type()},
                       .result = bool_type(),
                       .call = call,
                       .cost = cost,
                       .estimate = estimate});
    };
    text("contains_string", "contains", true, contains, contains_cost, contains_estimate);
    text("starts_with_string", "startsWith", true, starts_with, second_cost, second_estimate);
    text("ends_with_string", "endsWith", true, ends_with, second_cost, second_estimate);
    text("matches_string", "matches", true, matches, matches_cost, matches_estimate);
    text("matches", "matches", false, matches, matches_cost, matches_estimate);
}

}  // namespace cel
