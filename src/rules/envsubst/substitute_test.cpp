// SPDX-License-Identifier: 0BSD
#include "rules/envsubst/substitute.hpp"

#include <string>

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace envsubst {
namespace {

const Variables kVariables = {{"a", "hello"}, {"e", ""},      {"n", "a/b"},     {"1x", "digit"},
                              {"u", "é日x"},  {"neg", "-3"},  {"num", "12345"}, {"one", "1"},
                              {"star", "*"},  {"bad", "\xff"}};

struct Row {
    std::string text;
    std::string result;
};

TEST(Substitute, FollowsTheTableOfTheSpecification) {
    const Row rows[] = {
        {"${a}", "hello"},
        {"$a", "$a"},
        {"cost: $5", "cost: $5"},
        {"$$a", "$a"},
        {"$${a}", "${a}"},
        {"$$${a}", "$hello"},
        {"${zz:-d}", "d"},
        {"${zz:=d}", "d"},
        {"${zz:+x}", "x"},
        {"${a:+x}", "hello"},
        {"${zz:?msg}", "msg"},
        {"${a=x}", "hello"},
        {"${e:-d}", "d"},
        {"${zz:-a}b}", "ab}"},
        {"${a^}", "Hello"},
        {"${a^^}", "HELLO"},
        {"${a,}", "hello"},
        {"${a,,}", "hello"},
        {"${#a}", "5"},
        {"${a:1}", "ello"},
        {"${a:1:2}", "el"},
        {"${a:-1}", "hello"},
        {"${a: -2}", "hello"},
        {"${a#h}", "ello"},
        {"${a##*l}", "o"},
        {"${a%o}", "hell"},
        {"${a%%l*}", "he"},
        {"${a/l/L}", "heLlo"},
        {"${a//l/L}", "heLLo"},
        {"${a/#he/X}", "Xllo"},
        {"${a/%lo/X}", "helX"},
        {"${n/\\//-}", "a-b"},
        {"${zz:=}", ""},
        {"${zz:-${a}}", "hello"},
        {"${zz:-x${a}y}", "xhelloy"},
        {"\\${a}", "\\hello"},
        {"${1x}", "digit"},
    };
    for (const Row& row : rows) {
        const auto result = substitute(row.text, kVariables, {});
        ASSERT_TRUE(result) << row.text << ": " << result.error().text();
        EXPECT_EQ(*result, row.result) << row.text;
    }
}

TEST(Substitute, RefusesWhatTheSpecificationCallsAnError) {
    const Row rows[] = {
        {"${zz}", "line 1, column 1: variable not set: \"zz\""},
        {"${zz-d}", "line 1, column 1: \"${zz\" is not closed"},
        {"${zz+x}", "line 1, column 1: \"${zz\" is not closed"},
        {"${zz?m}", "line 1, column 1: \"${zz\" is not closed"},
        {"${}", "line 1, column 1: no variable's name follows \"${\"; write $${ for a plain ${"},
        {"${ a}", "line 1, column 1: no variable's name follows \"${\"; write $${ for a plain ${"},
        {"${a b}", "line 1, column 1: \"${a\" is not closed"},
        {"${a.b}", "line 1, column 1: \"${a\" is not closed"},
        {"${a-b}", "line 1, column 1: \"${a\" is not closed"},
        {"${a", "line 1, column 1: \"${a\" is not closed"},
        {"x: 1\ny: ab${", "line 2, column 6: no variable's name follows \"${\"; write $${ for a plain ${"},
        {"${zz:-${zy}}", "line 1, column 7: variable not set: \"zy\""},
        {"${#zz}", "line 1, column 1: variable not set: \"zz\""},
        {"${a:}", "line 1, column 1: something is missing behind the operator of \"${\""},
        {"${a:=x", "line 1, column 1: \"${\" is not closed"},
        {"${a^x}", "line 1, column 1: \"${\" is not closed, or something follows its operator"},
        {"${a/l}", "line 1, column 1: \"${a/…\" lacks its second slash"},
        {"${a#x${one}}", "line 1, column 1: \"${\" is not closed, or something follows its operator"},
        {"${a:é}", "line 1, column 1: behind \":\" stands neither an operator nor a number"},
        {"${num:1:-1}", "line 1, column 1: ${num:…}: its length is below zero"},
    };
    for (const Row& row : rows) {
        const auto result = substitute(row.text, kVariables, {});
        ASSERT_FALSE(result) << row.text << " gives " << *result;
        EXPECT_EQ(result.error().code, base::ErrorCode::kInvalid) << row.text;
        EXPECT_EQ(result.error().message, row.result);
    }
}

TEST(Substitute, TakesTheOriginalsOddForms) {
    const Row rows[] = {
        {"${a,^}", "hello"},
        {"${a:1::2}", "el"},
        {"${num:${neg}}", "345"},
        {"${num:${neg}:${one}}", "3"},
        {"${num:9}", ""},
        {"${num:0x1}", "12345"},
        {"${num:+1}", "12345"},
        {"${num:1:9223372036854775807}", "2345"},
        {"${a//${e}/-}", "-h-e-l-l-o-"},
        {"${a/${e}/-}", "-hello"},
        {"${a/#${e}/-}", "-hello"},
        {"${a/%${e}/-}", "hello-"},
        {"${a/#he/}", "hello"},
        {"${a//l//x}", "hexxo"},
        {"${a/x} y/z}", "hello"},
        {"${a#[}", "hello"},
        {"${a#[^x-z]}", "ello"},
        {"${a#hel\\lo}", ""},
        {"${a%[a-z]}", "hello"},
        {"${a##${star}}", ""},
        {"${u#?}", "\xA9日x"},
        {"${u%?}", "é日"},
        {"${u^}", "É日x"},
        {"${bad^^}", "\uFFFD"},
        {"${zz:-a\nb}", "a\nb"},
        {"日${a}語", "日hello語"},
    };
    for (const Row& row : rows) {
        const auto result = substitute(row.text, kVariables, {});
        ASSERT_TRUE(result) << row.text << ": " << result.error().text();
        EXPECT_EQ(*result, row.result) << row.text;
    }
}

TEST(Substitute, TakesAnUnsetVariableForEmptyWhenNotStrict) {
    EXPECT_EQ(substitute("[${zz}] [${#zz}] [${zz:-d}] [${日本}]", {}, {.strict = false}).value(),
              "[] [0] [d] []");
}

TEST(Substitute, LeavesTextWithoutVariablesAsItIs) {
    EXPECT_EQ(substitute("", {}, {}).value(), "");
    EXPECT_EQ(substitute("price: 5$\nshell: $HOME $(pwd)\n", {}, {}).value(),
              "price: 5$\nshell: $HOME $(pwd)\n");
    EXPECT_FALSE(needs_substitution("5$ $a $ {"));
    EXPECT_TRUE(needs_substitution("a $$"));
    EXPECT_TRUE(needs_substitution("a ${"));
}

std::string nested(std::size_t levels) {
    std::string text = "x";
    for (std::size_t level = 0; level < levels; ++level) {
        text = "${zz:-" + text + "}";
    }
    return text;
}

TEST(Substitute, BoundsNesting) {
    EXPECT_EQ(substitute(nested(kNestingMax), {}, {}).value(), "x");
    const auto refused = substitute(nested(kNestingMax + 1), {}, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode::kLimitExceeded);
}

TEST(Substitute, BoundsTheResult) {
    const Variables variables = {{"big", std::string(kOutputBytesMax / 8, 'x')}};
    const auto appended = substitute("${big}${big}${big}${big}${big}${big}${big}${big}${big}", variables, {});
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().code, base::ErrorCode::kLimitExceeded);
    const auto replaced = substitute("${big//x/0123456789}", variables, {});
    ASSERT_FALSE(replaced);
    EXPECT_EQ(replaced.error().code, base::ErrorCode::kLimitExceeded);
}

TEST(Substitute, BoundsTheWorkOfPatterns) {
    const Variables variables = {{"big", std::string(1U << 20U, 'x')}};
    const auto refused = substitute("${big##*x*x*y}", variables, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode::kLimitExceeded);
}

TEST(Fingerprint, IsThatOfTheSpecification) {
    EXPECT_EQ(fingerprint({}), "");
    EXPECT_EQ(fingerprint({{"a", "b"}, {"cluster_name", "prod-eu"}}),
              "84a4a9104bb08ba6742cc8a92337c981af6c7296506feda80bdaa2f506f8a2e6");
}

TEST(Fingerprint, TellsSetsApartWhoseTextsRunTogether) {
    EXPECT_NE(fingerprint({{"a", "b\n1:c=1:d"}}), fingerprint({{"a", "b"}, {"c", "d"}}));
    EXPECT_NE(fingerprint({{"a", ""}}), fingerprint({}));
}

}  // namespace
}  // namespace envsubst
