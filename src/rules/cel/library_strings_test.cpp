// SPDX-License-Identifier: 0BSD
#include <gtest/gtest.h>

#include "rules/cel/libraries.hpp"
#include "rules/cel/testing/library_call.hpp"

namespace cel::testing {
namespace {

void add_all_strings(FunctionSet& functions) { add_strings(functions); }

void expect_rows(const std::vector<Row>& rows) {
    const LibraryCall call(add_all_strings);
    for (const Row& row : rows) {
        EXPECT_EQ(shown(call(row.function, row.arguments)), row.expected)
            << row.function << " " << shown(list(row.arguments));
    }
}

TEST(Strings, CountPositionsInCodePoints) {
    expect_rows({
        {"charAt", {text("tést"), number(1)}, "\"é\""},
        {"charAt", {text("tést"), number(4)}, "\"\""},
        {"charAt", {text("tést"), number(5)}, "error: index out of range: 5"},
        {"charAt", {text("a"), number(-1)}, "error: index out of range: -1"},
        {"substring", {text("😀bc"), number(1)}, "\"bc\""},
        {"substring", {text("😀bc"), number(0), number(2)}, "\"😀b\""},
        {"substring", {text("abc"), number(5)}, "error: index out of range: 5"},
        {"substring",
         {text("abc"), number(2), number(1)},
         "error: invalid substring range. start: 2, end: 1"},
        {"substring", {text("abc"), number(1), number(4)}, "error: index out of range: 4"},
        {"reverse", {text("aé😀")}, "\"😀éa\""},
    });
}

TEST(Strings, FindTheFirstAndTheLastPlace) {
    expect_rows({
        {"indexOf", {text("éaéa"), text("a")}, "1"},
        {"indexOf", {text("éaéa"), text("a"), number(2)}, "3"},
        {"indexOf", {text("abc"), text("")}, "0"},
        {"indexOf", {text("abc"), text(""), number(9)}, "3"},
        {"indexOf", {text("abc"), text("a"), number(3)}, "-1"},
        {"indexOf", {text("abc"), text("a"), number(-1)}, "error: index out of range: -1"},
        {"lastIndexOf", {text("abca"), text("a")}, "3"},
        {"lastIndexOf", {text("abca"), text("a"), number(2)}, "0"},
        {"lastIndexOf", {text("abca"), text("")}, "4"},
        {"lastIndexOf", {text("abca"), text("a"), number(4)}, "-1"},
        {"lastIndexOf", {text("a"), text("ab")}, "-1"},
    });
}

TEST(Strings, ReplaceAndSplitLikeTheOriginal) {
    expect_rows({
        {"replace", {text("abcabc"), text("b"), text("X")}, "\"aXcaXc\""},
        {"replace", {text("abcabc"), text("b"), text("X"), number(1)}, "\"aXcabc\""},
        {"replace", {text("abc"), text("b"), text("X"), number(0)}, "\"abc\""},
        {"replace", {text("éa"), text(""), text("-")}, "\"-é-a-\""},
        {"replace", {text("éa"), text(""), text("-"), number(2)}, "\"-é-a\""},
        {"split", {text("a,b,c"), text(",")}, R"(["a", "b", "c"])"},
        {"split", {text("a,b,c"), text(","), number(2)}, R"(["a", "b,c"])"},
        {"split", {text("a,b"), text(","), number(0)}, "[]"},
        {"split", {text("aé"), text("")}, R"(["a", "é"])"},
        {"split", {text("aéb"), text(""), number(2)}, R"(["a", "éb"])"},
        {"split", {text(""), text("")}, "[]"},
        {"split", {text(""), text(",")}, R"([""])"},
    });
}

TEST(Strings, TrimWhatUnicodeCallsSpace) {
    expect_rows({
        {"trim", {text(" \t\u2003a b\u00A0\n")}, "\"a b\""},
        {"trim", {text("\u200Ba")}, "\"\\u200ba\""},
        {"trim", {text(" ")}, "\"\""},
    });
}

TEST(Strings, ChangeCaseOfAsciiOnly) {
    expect_rows({
        {"lowerAscii", {text("TacoCÆt")}, "\"tacocÆt\""},
        {"upperAscii", {text("tacocæt")}, "\"TACOCæT\""},
    });
}

TEST(Strings, JoinOnlyStrings) {
    expect_rows({
        {"join", {list({text("a"), text("b")})}, "\"ab\""},
        {"join", {list({text("a"), text("b")}), text("-")}, "\"a-b\""},
        {"join", {list({}), text("-")}, "\"\""},
        {"join", {list({text("a"), number(1)})}, "error: join: invalid input: int"},
    });
}

TEST(Strings, QuoteWhatALiteralEscapes) {
    const LibraryCall call(add_all_strings);
    EXPECT_EQ(call("strings.quote", {text("a\n\"é\\")}).as_string(), "\"a\\n\\\"é\\\\\"");
}

TEST(Strings, VersionsDecideWhatThereIs) {
    FunctionSet kubernetes;
    add_strings(kubernetes, {.version = 2});
    EXPECT_TRUE(kubernetes.knows("format"));
    EXPECT_FALSE(kubernetes.knows("reverse"));
    FunctionSet first;
    add_strings(first, {.version = 0});
    EXPECT_FALSE(first.knows("format"));
}

// Texts that outgrow their arguments are paid for before they are built.
TEST(Strings, DoNotBuildWhatCannotBePaidFor) {
    FunctionSet functions;
    add_strings(functions);
    const LibraryCall poor(functions, 1000);
    const Value thousand = text(std::string(1000, 'a'));
    const Value long_text = text(std::string(100'000, 'b'));
    EXPECT_TRUE(poor("replace", {thousand, text("a"), long_text}).is_error());
    EXPECT_TRUE(poor("replace", {thousand, text(""), long_text}).is_error());
    EXPECT_TRUE(poor("join", {list({text("a"), text("b"), text("c")}), long_text}).is_error());
    EXPECT_TRUE(poor("split", {long_text, text("")}).is_error());
    EXPECT_TRUE(poor("format", {text("%s"), list({long_text})}).is_error());
    EXPECT_EQ(poor("replace", {thousand, text("a"), text("bc")}).as_string().size(), 2000U);
}

// A naive search takes time in proportion to the product of the lengths: half a minute here.
TEST(Strings, SearchInLinearTime) {
    const LibraryCall call(add_all_strings);
    const std::string many(1'000'000, 'a');
    const Value long_text = text(many);
    EXPECT_EQ(shown(call("indexOf", {long_text, text(std::string(500'000, 'a') + "b")})), "-1");
    EXPECT_EQ(shown(call("lastIndexOf", {long_text, text("b" + std::string(500'000, 'a'))})), "-1");
}

}  // namespace
}  // namespace cel::testing
