// SPDX-License-Identifier: 0BSD
#include "model/utf8.hpp"

#include <string>

#include <gtest/gtest.h>

namespace model {
namespace {

TEST(Utf8, KnowsWhatIsNoText) {
    for (const char* text : {"", "a", "é", "€", "😀", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_TRUE(is_utf8(text)) << text;
    }
    const char* broken[] = {"\x80",
                            "\xC0\xAF",
                            "\xC3",
                            "\xC3(",
                            "\xE0\x80\x80",
                            "\xED\xA0\x80",
                            "\xF0\x80\x80\x80",
                            "\xF4\x90\x80\x80",
                            "\xFF",
                            "a\xE2\x82"};
    for (const char* text : broken) {
        EXPECT_FALSE(is_utf8(text)) << text;
    }
    EXPECT_EQ(utf8_at("€", 0).code, 0x20ACU);
    EXPECT_EQ(utf8_at("€", 0).size, 3U);
    EXPECT_EQ(utf8_at("\xFF", 0).code, 0xFFFDU);
}

TEST(Utf8Prefix, EndsBetweenCharacters) {
    EXPECT_EQ(utf8_prefix("a€b", 10), "a€b");
    EXPECT_EQ(utf8_prefix("a€b", 5), "a€b");
    EXPECT_EQ(utf8_prefix("a€b", 4), "a€");
    EXPECT_EQ(utf8_prefix("a€b", 3), "a");
    EXPECT_EQ(utf8_prefix("a€b", 2), "a");
    EXPECT_EQ(utf8_prefix("€", 1), "");
}

}  // namespace
}  // namespace model
