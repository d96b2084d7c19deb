// SPDX-License-Identifier: 0BSD
// What is settled when a program is made: conversions, patterns, literals, functions and keys.
#include "rules/cel/planner.hpp"

#include <gtest/gtest.h>

#include "rules/cel/testing/answer.hpp"

namespace cel::testing {
namespace {

TEST(Planner, RefusesConstantsThatCannotBeConverted) {
    for (const Said& row : {
             Said{"[].all(v, timestamp('2024-07-01t10:00:00z') == v)",
                  "refused: 1:20: type conversion error from 'string' to 'timestamp'"},
             Said{"true || int('x') == 1", "refused: 1:12: type conversion error from 'string' to 'int'"},
             Said{"false && uint('-1') == 1u",
                  "refused: 1:14: type conversion error from 'string' to 'uint'"},
             Said{"false && double('a') > 1.0",
                  "refused: 1:16: type conversion error from 'string' to 'double'"},
             Said{"false && bool('yes')", "refused: 1:14: type conversion error from 'string' to 'bool'"},
             Said{"true || duration('1d') == duration('1s')",
                  "refused: 1:17: type conversion error from 'string' to 'duration'"},
             // From the inside out.
             Said{"true || int(string(double('1e30'))) == 1",
                  "refused: 1:12: type conversion error from 'string' to 'int'"},
             Said{"true || uint(double('NaN')) == 1u", "refused: 1:13: unsigned integer overflow"},
             Said{"true || 'a'.matches('(')", "refused: 1:21: invalid matches argument"},
             Said{"true || 'a'.matches('\\\\C')", "refused: 1:21: invalid matches argument"},
             Said{"true || 'a'.find('a**') == ''", "refused: 1:18: invalid find argument"},
         }) {
        EXPECT_EQ(answer(Environment::health(), row.source), row.expected) << row.source;
    }
    EXPECT_EQ(answer(Environment::plain(), "true || int('x') == 1"), "true")
        << "cel-go's plain environment does not fold";
}

TEST(Planner, RefusesFunctionsThatNobodyHas) {
    for (const Said& row : {
             Said{"f()", "refused: 1:2: undeclared reference to 'f'"},
             Said{"false && f(1)", "refused: 1:11: undeclared reference to 'f'"},
             Said{"has(status.x) &&\n  status.x.isFine()", "refused: 2:18: undeclared reference to 'isFine'"},
             Said{"true || a.b.c(1)", "refused: 1:14: undeclared reference to 'c'"},
             Said{"'a'.startsWith('b', 'c')",
                  "refused: 1:15: no overload of 'startsWith' is called so with 2 arguments"},
             Said{"startsWith('a', 'b')",
                  "refused: 1:11: no overload of 'startsWith' is called so with 2 arguments"},
             Said{"true || size() == 1",
                  "refused: 1:13: no overload of 'size' is called so with 0 arguments"},
         }) {
        EXPECT_EQ(answer(Environment::health(), row.source), row.expected) << row.source;
    }
    // cel-go tells some of them when it plans, the others when they are called.
    EXPECT_EQ(answer(Environment::flux(), "true || f(1)"), "true");
    EXPECT_EQ(answer(Environment::flux(), "f(1)"), "error: no such overload: f(int)");
    EXPECT_EQ(answer(Environment::flux(), "true || f()"), "refused: 1:10: no such overload: f");
    EXPECT_EQ(answer(Environment::flux(), "true || 'a'.lowerAscii(1) == ''"),
              "refused: 1:23: no such overload: lowerAscii");
}

TEST(Planner, RefusesKeysThatNothingHas) {
    for (const Said& row : {
             Said{"true || status[null]", "refused: 1:16: invalid qualifier type: nothing has such a key"},
             Said{"true || status[b'a']", "refused: 1:16: invalid qualifier type: nothing has such a key"},
             Said{"true || status[[]]", "refused: 1:16: invalid qualifier type: nothing has such a key"},
             Said{"true || status[duration('1s')]",
                  "refused: 1:24: invalid qualifier type: nothing has such a key"},
         }) {
        EXPECT_EQ(answer(Environment::health(), row.source), row.expected) << row.source;
    }
}

TEST(Planner, RefusesResultsThatAreNeverBool) {
    for (const Said& row : {
             Said{"1 + 1", "refused: 1:3: the result is int instead of bool"},
             Said{"'a'", "refused: 1:1: the result is string instead of bool"},
             Said{"[status.x]", "refused: 1:1: the result is list(dyn) instead of bool"},
             Said{"has(status.x) ? 'a' : 'b'", "refused: 1:15: the result is string instead of bool"},
             Said{"status.x", "true"},
             Said{"status.x || false", "true"},
             Said{"has(status.x) ? true : status.y", "true"},
         }) {
        EXPECT_EQ(answer(Environment::health(), row.source, R"({"status": {"x": true}})"), row.expected)
            << row.source;
    }
}

TEST(Planner, MakesConstantsOfLiterals) {
    struct Case {
        std::string_view source;
        std::uint64_t cost;
    };
    for (const Case& row : {
             Case{"[1, 2, 3] == [1, 2, 3]", 1},
             Case{"{'a': 1} == {'a': 1}", 1},
             Case{"int('5') == 5", 1},
             Case{"timestamp('2024-01-01T00:00:00Z') == timestamp(1704067200)", 1},
             Case{"[status.x] == [1]", 13},
         }) {
        const auto program = Environment::health().compile(row.source);
        ASSERT_TRUE(program.has_value()) << row.source;
        const auto object = model::parse_json(R"({"status": {"x": 1}})", "object").value();
        const auto costed = program->evaluate_costed(ObjectVariables(object));
        ASSERT_TRUE(costed.result.has_value()) << row.source;
        EXPECT_TRUE(costed.result->as_bool()) << row.source;
        EXPECT_EQ(costed.cost, row.cost) << row.source;
    }
}

}  // namespace
}  // namespace cel::testing
