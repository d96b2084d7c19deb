// SPDX-License-Identifier: 0BSD
#include "rules/sops/quote.hpp"

#include <gtest/gtest.h>

namespace {

std::string json(std::string_view text) {
    base::Secret out;
    sops::append_json_string(out, text);
    return std::string(out.reveal());
}

std::string yaml(std::string_view text) {
    base::Secret out;
    sops::append_yaml_string(out, text);
    return std::string(out.reveal());
}

TEST(Quote, EscapesWhatNoStringHolds) {
    EXPECT_EQ(json("a\"b\\c\n\x01"), R"("a\"b\\c\n\u0001")");
    EXPECT_EQ(json("grün \u2028"), "\"grün \u2028\"");
    EXPECT_EQ(yaml("a\x7f\u2028\u0085"), R"("a\x7f\L\x85")");
}

TEST(Quote, WhatIsNoUtf8IsReplacedInJsonByteForByte) {
    EXPECT_EQ(json("x\x80\x8ay"), R"("x\ufffd\ufffdy")");
    EXPECT_EQ(json("\xc3"), R"("\ufffd")") << "cut off";
    EXPECT_EQ(json("\xed\xa0\x80"), R"("\ufffd\ufffd\ufffd")") << "half of a pair";
}

}  // namespace
