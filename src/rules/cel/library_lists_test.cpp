// SPDX-License-Identifier: 0BSD
#include <limits>

#include <gtest/gtest.h>

#include "rules/cel/libraries.hpp"
#include "rules/cel/testing/library_call.hpp"

namespace cel::testing {
namespace {

void add_list_libraries(FunctionSet& functions) {
    add_lists(functions);
    add_sets(functions);
    add_kubernetes_lists(functions);
}

void expect_rows(const std::vector<Row>& rows) {
    const LibraryCall call(add_list_libraries);
    for (const Row& row : rows) {
        EXPECT_EQ(shown(call(row.function, row.arguments)), row.expected)
            << row.function << " " << shown(list(row.arguments));
    }
}

Value numbers(std::initializer_list<std::int64_t> values) {
    std::vector<Value> elements;
    for (const std::int64_t value : values) {
        elements.push_back(number(value));
    }
    return list(std::move(elements));
}

Value truth(bool value) { return Value::boolean(value); }

TEST(Lists, TakePartsAndEnds) {
    expect_rows({
        {"slice", {numbers({1, 2, 3}), number(1), number(3)}, "[2, 3]"},
        {"slice", {numbers({1, 2}), number(1), number(1)}, "[]"},
        {"slice", {numbers({1}), number(0), number(2)}, "error: cannot slice(0, 2), list is length 1"},
        {"slice",
         {numbers({1}), number(-1), number(0)},
         "error: cannot slice(-1, 0), negative indexes not supported"},
        {"first", {numbers({1, 2})}, "optional(1)"},
        {"last", {numbers({1, 2})}, "optional(2)"},
        {"last", {numbers({})}, "none"},
        {"reverse", {numbers({1, 2})}, "[2, 1]"},
        {"lists.range", {number(3)}, "[0, 1, 2]"},
        {"lists.range", {number(-1)}, "error: lists.range: size must be non-negative, got -1"},
        {"lists.range",
         {number(1'000'001)},
         "error: lists.range: size 1000001 exceeds maximum allowed (1000000)"},
    });
}

TEST(Lists, FlattenToADepth) {
    const Value nested = list({number(1), list({number(2), list({number(3)})})});
    expect_rows({
        {"flatten", {list({numbers({1}), list({numbers({2})})})}, "[1, [2]]"},
        {"flatten", {nested, number(0)}, "[1, [2, [3]]]"},
        {"flatten", {nested, number(1)}, "[1, 2, [3]]"},
        {"flatten", {nested, number(9)}, "[1, 2, 3]"},
        {"flatten", {nested, number(-1)}, "error: level must be non-negative"},
    });
}

TEST(Lists, SortWhatIsOfOneOrderedKind) {
    const Value nan = real(std::numeric_limits<double>::quiet_NaN());
    expect_rows({
        {"sort", {list({text("b"), text("a")})}, R"(["a", "b"])"},
        {"sort", {list({real(2), nan, real(1)})}, "[1, 2, NaN]"},
        {"sort", {list({number(1), text("a")})}, "error: list elements must have the same type"},
        {"sort", {list({truth(true), truth(false)})}, "[false, true]"},
        {"@sortByAssociatedKeys",
         {list({text("a"), text("b"), text("c")}), numbers({2, 1, 2})},
         R"(["b", "a", "c"])"},
        {"@sortByAssociatedKeys",
         {list({text("a")}), numbers({2, 1})},
         "error: @sortByAssociatedKeys() expected a list of the same size as the associated keys list, but "
         "got 1 and 2 elements "
         "respectively"},
    });
}

TEST(Lists, DistinctKeepsTheFirstOfEquals) {
    expect_rows({
        {"distinct",
         {list({number(1), real(1), Value::unsigned_integer(2), number(2), text("1")})},
         R"([1, 2u, "1"])"},
        {"distinct", {list({numbers({1}), numbers({1}), Value(), Value()})}, "[[1], null]"},
    });
}

TEST(Sets, CompareWithoutOrderAndRepetition) {
    const Value mixed = list({number(1), text("a"), numbers({1})});
    expect_rows({
        {"sets.contains", {mixed, list({real(1), numbers({1})})}, "true"},
        {"sets.contains", {mixed, list({text("b")})}, "false"},
        {"sets.contains", {numbers({}), numbers({})}, "true"},
        {"sets.equivalent", {numbers({1, 2, 2}), numbers({2, 1})}, "true"},
        {"sets.equivalent", {numbers({1, 2}), numbers({1})}, "false"},
        {"sets.intersects", {numbers({1, 2}), numbers({2, 3})}, "true"},
        {"sets.intersects", {numbers({1}), numbers({})}, "false"},
    });
}

TEST(KubernetesLists, AnswerAboutElements) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    expect_rows({
        {"isSorted", {numbers({1, 1, 3})}, "true"},
        {"isSorted", {numbers({3, 1})}, "false"},
        {"isSorted", {numbers({})}, "true"},
        {"min", {list({text("b"), text("a")})}, "\"a\""},
        {"max", {numbers({3, 1, 2})}, "3"},
        {"max", {numbers({})}, "error: max called on empty list"},
        {"sum", {list({real(1.5), real(2.5)})}, "4"},
        {"sum", {numbers({})}, "0"},
        {"sum", {numbers({kMost, 1})}, "error: integer overflow"},
        {"sum", {list({Value::duration({1, 600'000'000}), Value::duration({-3, -200'000'000})})}, "-1.6s"},
        {"indexOf", {numbers({1, 2, 1}), number(1)}, "0"},
        {"lastIndexOf", {numbers({1, 2, 1}), real(1)}, "2"},
        {"indexOf", {numbers({1}), text("1")}, "-1"},
    });
}

// Lists that outgrow their arguments, and comparisons of each with each, are paid for before they are made.
TEST(Lists, DoNotBuildWhatCannotBePaidFor) {
    FunctionSet functions;
    add_list_libraries(functions);
    const LibraryCall poor(functions, 1000);
    const Value thousand = list(std::vector<Value>(1000, number(1)));
    const Value million = list(std::vector<Value>(1000, thousand));
    EXPECT_TRUE(poor("lists.range", {number(1'000'000)}).is_error());
    EXPECT_TRUE(poor("flatten", {million}).is_error());
    std::vector<Value> lists;
    for (std::int64_t i = 0; i < 2000; ++i) {
        lists.push_back(numbers({i}));
    }
    EXPECT_TRUE(poor("distinct", {list(lists)}).is_error());
    EXPECT_TRUE(poor("sets.contains", {list(lists), list(lists)}).is_error());
}

// Each with each would be 10^10 comparisons.
TEST(Lists, LookScalarsUp) {
    const LibraryCall call(add_list_libraries);
    std::vector<Value> many;
    for (std::int64_t i = 0; i < 100'000; ++i) {
        many.push_back(number(i));
    }
    EXPECT_EQ(call("distinct", {list(many)}).size(), many.size());
    EXPECT_EQ(shown(call("sets.equivalent", {list(many), list(many)})), "true");
}

}  // namespace
}  // namespace cel::testing
