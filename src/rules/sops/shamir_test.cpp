// SPDX-License-Identifier: 0BSD
#include "rules/sops/shamir.hpp"

#include <gtest/gtest.h>

namespace {

std::vector<base::Secret> parts(std::initializer_list<std::string> texts) {
    std::vector<base::Secret> made;
    for (const std::string& text : texts) {
        made.emplace_back(text);
    }
    return made;
}

TEST(Shamir, CombinesPointsOfALine) {
    // The line with value 0x42 at 0 and slope 1: f(x) = 0x42 ^ x.
    const auto secret = sops::combine_shares(parts({"\x43\x01", "\x45\x07"}));
    ASSERT_TRUE(secret.has_value());
    EXPECT_EQ(secret->reveal(), "\x42");
}

TEST(Shamir, RefusesPartsThatDoNotFitTogether) {
    EXPECT_FALSE(sops::combine_shares(parts({"a\x01"})).has_value());
    EXPECT_FALSE(sops::combine_shares(parts({"a\x01", "ab\x02"})).has_value());
    EXPECT_FALSE(sops::combine_shares(parts({"a\x01", "b\x01"})).has_value());
    EXPECT_FALSE(sops::combine_shares(parts({"a", "b"})).has_value());
}

}  // namespace
