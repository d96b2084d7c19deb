// SPDX-License-Identifier: 0BSD
// The bounds of an evaluation's memory: expressions that double what they made, in each way there is.
#include <cstdint>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "rules/cel/testing/answer.hpp"

namespace cel::testing {
namespace {

// `first`, and forty times `step` of what was made before, "a" in it.
std::string grown(std::string_view first, std::string_view step) {
    std::string source = fmt::format("cel.bind(a, {}, ", first);
    constexpr int kSteps = 40;
    for (int at = 0; at < kSteps; ++at) {
        source += fmt::format("cel.bind(a, {}, ", step);
    }
    return source + "size(a) > 0" + std::string(kSteps + 1, ')');
}

// Smaller than what is allowed by default, for there are many rows.
constexpr std::uint64_t kMemoryMax = 2 << 20;

TEST(Memory, OfOneEvaluationIsBounded) {
    const Environment environment = Environment::health({.memory_bytes_max = kMemoryMax});
    const std::string text = "'" + std::string(1000, 'x') + "'";
    struct Case {
        std::string name;
        std::string source;
    };
    for (const Case& row : {
             Case{"concatenation of texts", grown(text, "a + a")},
             Case{"concatenation of bytes", grown("b" + text, "a + a")},
             Case{"concatenation of lists", grown("[1, 2, 3]", "a + a + a")},
             Case{"replace", grown(text, "a.replace('x', 'xx')")},
             Case{"replace of nothing", grown(text, "a.replace('', 'xx')")},
             Case{"join", grown(text, "[a, a].join(a)")},
             Case{"format", grown(text, "'%s%s'.format([a, a])")},
             Case{"format of lists", grown("[1]", "[['%s'.format([a + a])][0]]")},
             Case{"hexadecimal", grown(text, "'%x'.format([a])")},
             Case{"quote", grown("'\\\\\\\\'", "strings.quote(a + a)")},
             Case{"base64", grown(text, "base64.encode(bytes(a + a))")},
             Case{"regular expressions", grown(text, "regex.replace(a, 'x', 'xx')")},
             Case{"split",
                  "lists.range(1000).all(i, '" + std::string(20000, 'x') + "'.split('').size() > 0)"},
             Case{"map literals",
                  "lists.range(1000000).map(i, {'a': i, 'b': [i, i], 'c': {'d': i}}).size() > 0"},
             Case{"list literals", "lists.range(1000000).map(i, [i, i, i, i, i, i, i, i]).size() > 0"},
             Case{"texts of numbers", "lists.range(1000000).map(i, string(i)).size() > 0"},
             Case{"transformed maps", "lists.range(1000000).transformMap(i, v, [v]).size() > 0"},
             Case{"quantities", "lists.range(1000000).map(i, quantity('1').add(i)).size() > 0"},
             Case{"flattened", grown("[1, 2, 3]", "[a, a, a].flatten()")},
             Case{"ranges", "[1, 2, 3, 4, 5, 6, 7, 8, 9].map(i, lists.range(1000000)).size() > 0"},
         }) {
        const auto program = environment.compile(row.source);
        ASSERT_TRUE(program.has_value()) << row.name << ": " << program.error().message.substr(0, 200);
        const auto value = program->evaluate(ObjectVariables(model::Value(model::Object())));
        ASSERT_FALSE(value.has_value()) << row.name;
        EXPECT_EQ(value.error().code, base::ErrorCode::kLimitExceeded)
            << row.name << ": " << value.error().message;
    }
}

TEST(Memory, HasABoundByDefault) {
    const auto program = Environment::health().compile(grown("'some text'", "a + a"));
    ASSERT_TRUE(program.has_value()) << program.error().message;
    const auto value = program->evaluate(ObjectVariables(model::Value(model::Object())));
    ASSERT_FALSE(value.has_value());
    EXPECT_EQ(value.error().code, base::ErrorCode::kLimitExceeded) << value.error().message;
}

// What stays small is not counted against large values that it only looks at.
TEST(Memory, OfValuesThatExistIsNotCountedAgain) {
    const Environment environment = Environment::health();
    for (const std::string_view source : {
             "cel.bind(a, lists.range(100000), lists.range(1000).all(i, dyn(a)[i] == i))",
             "cel.bind(a, lists.range(100000), lists.range(1000).all(i, optional.of(a).value()[i] == i))",
             "lists.range(10000).all(i, string(i) != '')",
             "lists.range(1000).map(i, {'a': [i]}).all(m, m.a[0] >= 0)",
         }) {
        EXPECT_EQ(answer(environment, source), "true") << source;
    }
}

// Found by fuzzing: the padding of Base64 was not in the estimate of what comes after it.
TEST(Estimate, CoversThePaddingOfBase64) {
    for (std::size_t length = 0; length < 40; ++length) {
        const std::string bytes(length, 'a');
        const auto program =
            Environment::health().compile(fmt::format("strings.quote(base64.encode(b'{}')) != ''", bytes));
        ASSERT_TRUE(program.has_value()) << program.error().message;
        const auto costed = program->evaluate_costed(ObjectVariables(model::Value(model::Object())));
        ASSERT_TRUE(costed.result.has_value()) << costed.result.error().message;
        EXPECT_LE(costed.cost, program->cost_estimate_max()) << bytes;
    }
}

TEST(Patterns, AreBoundedInTime) {
    // Twenty patterns take turns, so that none of them is still there when it is asked for again.
    std::string patterns;
    for (int at = 0; at < 20; ++at) {
        patterns += fmt::format("{}'[^a]{{{}}}'", at > 0 ? ", " : "", 500 + at);
    }
    const std::string source =
        fmt::format("cel.bind(p, [{}], lists.range(1000000).all(i, !'b'.matches(p[i % 20])))", patterns);
    EXPECT_EQ(answer(Environment::health(), source), "error: cost limit exceeded");
}

}  // namespace
}  // namespace cel::testing
