// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/resume.hpp"

#include <gtest/gtest.h>

namespace artifact {
namespace {

http::Response with(std::vector<http::Header> headers) {
    return {.status = 206, .headers = std::move(headers), .body = {}};
}

TEST(Resume, TheValidatorIsAStrongTagOrATime) {
    EXPECT_EQ(validator_of(with({{"etag", "\"a\""}, {"Last-Modified", "then"}})), "\"a\"");
    EXPECT_EQ(validator_of(with({{"ETag", "W/\"a\""}, {"Last-Modified", "then"}})), "then");
    EXPECT_EQ(validator_of(with({{"ETag", "W/\"a\""}})), "");
    EXPECT_EQ(validator_of(with({})), "");
}

TEST(Resume, AsksForTheRestOfTheSameState) {
    const auto plain = range_headers(100, "");
    ASSERT_EQ(plain.size(), 1U);
    EXPECT_EQ(plain[0].name, "Range");
    EXPECT_EQ(plain[0].value, "bytes=100-");
    const auto guarded = range_headers(7, "\"a\"");
    ASSERT_EQ(guarded.size(), 2U);
    EXPECT_EQ(guarded[1].name, "If-Range");
    EXPECT_EQ(guarded[1].value, "\"a\"");
}

TEST(Resume, TakesOnlyTheRestThatItAskedFor) {
    struct Case {
        std::string range;
        bool taken;
    };
    for (const Case& row : std::vector<Case>{
             {"bytes 100-199/200", true},
             {"bytes 100-199/*", true},
             {"bytes 100-100/101", true},
             {"bytes 99-199/200", false},
             {"bytes 101-199/200", false},
             {"bytes 0-199/200", false},
             {"bytes 100-198/200", false},
             {"bytes 100-99/100", false},
             {"bytes 100-199/200 ", false},
             {"bytes 100-199/", false},
             {"bytes 100-199", false},
             {"bytes 100-/200", false},
             {"bytes -100-199/200", false},
             {"bytes */200", false},
             {"items 100-199/200", false},
             {"bytes 100-199/99999999999999999999999", false},
             {"", false},
         }) {
        EXPECT_EQ(continues(with({{"Content-Range", row.range}}), 100, ""), row.taken) << row.range;
    }
}

TEST(Resume, AnotherStateIsNoContinuation) {
    const http::Header range{"Content-Range", "bytes 100-199/200"};
    EXPECT_TRUE(continues(with({range, {"ETag", "\"a\""}}), 100, "\"a\""));
    EXPECT_FALSE(continues(with({range, {"ETag", "\"b\""}}), 100, "\"a\""));
    EXPECT_TRUE(continues(with({range}), 100, "\"a\"")) << "If-Range was the server's to judge";
    EXPECT_TRUE(continues(with({range, {"ETag", "\"b\""}}), 100, ""));
}

}  // namespace
}  // namespace artifact
