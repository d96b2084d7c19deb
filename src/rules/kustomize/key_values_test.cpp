// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/key_values.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace kustomize {
namespace {

TEST(Literal, IsSplitAtTheFirstEqualsSignAndLosesItsQuotes) {
    struct Row {
        std::string_view text;
        std::string_view key;
        std::string_view value;
    };
    for (const Row& row : {Row{"a=1", "a", "1"}, Row{"a=", "a", ""}, Row{"c=x=y", "c", "x=y"},
                           Row{"b=\"q\"", "b", "q"}, Row{"e='s q'", "e", "s q"}, Row{"e='", "e", "'"},
                           Row{"e='x\"", "e", "'x\""}, Row{"a b=c", "a b", "c"}}) {
        const auto pair = parse_literal(row.text);
        ASSERT_TRUE(pair) << row.text;
        EXPECT_EQ(pair->key, row.key);
        EXPECT_EQ(pair->value, row.value);
    }
}

TEST(Literal, WithoutAKeyIsRefused) {
    for (const std::string_view text : {"nokey", "=x", ""}) {
        const auto pair = parse_literal(text);
        ASSERT_FALSE(pair) << text;
        EXPECT_EQ(pair.error().message, fmt::format("the literal \"{}\" is not key=value", text));
    }
}

TEST(FileSource, TakesItsKeyFromThePathUnlessItHasOne) {
    const auto plain = parse_file_source("conf/app.properties");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->key, "app.properties");
    EXPECT_EQ(plain->path, "conf/app.properties");
    const auto keyed = parse_file_source("k=conf/a");
    ASSERT_TRUE(keyed);
    EXPECT_EQ(keyed->key, "k");
    EXPECT_EQ(keyed->path, "conf/a");
}

TEST(FileSource, NeedsBothSidesOfOneEqualsSign) {
    for (const std::string_view text : {"=a", "a=", "a=b=c"}) {
        EXPECT_FALSE(parse_file_source(text)) << text;
    }
}

TEST(EnvFile, LeavesOutBlankLinesAndComments) {
    const auto pairs = parse_env_file(
        "\xEF\xBB\xBF"
        "A=1\r\n\n  # comment\n\tB=x=y \nC\nD=\n\xE2\x80\x83"
        "E=\xC3\xA4");
    ASSERT_TRUE(pairs);
    std::string text;
    for (const KeyValue& pair : *pairs) {
        text += fmt::format("{}:{};", pair.key, pair.value);
    }
    EXPECT_EQ(text, "A:1;B:x=y ;C:;D:;E:\xC3\xA4;");
}

TEST(EnvFile, MustBeText) {
    const auto pairs = parse_env_file("A=1\nB=\xFF\n");
    ASSERT_FALSE(pairs);
    EXPECT_EQ(pairs.error().message, "line 2 is not UTF-8");
}

TEST(Base64, BreaksLongTextsIntoEndedLines) {
    EXPECT_EQ(base64_lines(""), "");
    EXPECT_EQ(base64_lines("a"), "YQ==");
    EXPECT_EQ(base64_lines("ab"), "YWI=");
    EXPECT_EQ(base64_lines("abc"), "YWJj");
    EXPECT_EQ(base64_lines("\xFF\xFE\xFD"), "//79");
    // 51 bytes are 68 letters, 54 are 72.
    EXPECT_EQ(base64_lines(std::string(51, 'a')).find('\n'), std::string::npos);
    EXPECT_EQ(base64_lines(std::string(54, 'a')),
              "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYW\nFh\n");
}

}  // namespace
}  // namespace kustomize
