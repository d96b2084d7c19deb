// SPDX-License-Identifier: 0BSD
#include "base/rng.hpp"

#include <chrono>
#include <set>

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Rng, RepeatsItselfForTheSameSeedOnly) {
    Rng a(7);
    Rng b(7);
    Rng c(8);
    const auto first = a.next();
    EXPECT_EQ(first, b.next());
    EXPECT_NE(first, c.next());
    EXPECT_NE(Rng().next(), Rng().next());
}

TEST(Rng, DrawsFractionsFromZeroToBelowOne) {
    Rng rng(1);
    double least = 1;
    double most = 0;
    for (int i = 0; i < 10'000; ++i) {
        const double fraction = rng.fraction();
        least = std::min(least, fraction);
        most = std::max(most, fraction);
    }
    EXPECT_GE(least, 0.0);
    EXPECT_LT(least, 0.01);
    EXPECT_LT(most, 1.0);
    EXPECT_GT(most, 0.99);
}

TEST(Rng, SpreadsJitterOnBothSides) {
    using std::chrono::milliseconds;
    Rng rng(1);
    milliseconds least{1'000'000};
    milliseconds most{0};
    for (int i = 0; i < 10'000; ++i) {
        const auto value = rng.jitter(milliseconds(1000), 0.1);
        least = std::min(least, value);
        most = std::max(most, value);
    }
    EXPECT_GE(least, milliseconds(900));
    EXPECT_LT(least, milliseconds(905));
    EXPECT_LE(most, milliseconds(1100));
    EXPECT_GT(most, milliseconds(1095));
    EXPECT_EQ(rng.jitter(milliseconds(1000), 0), milliseconds(1000));
}

TEST(Rng, WritesVersionFourUuids) {
    Rng rng(1);
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const std::string uuid = rng.uuid();
        ASSERT_EQ(uuid.size(), 36U);
        for (const std::size_t dash : {8U, 13U, 18U, 23U}) {
            EXPECT_EQ(uuid[dash], '-') << uuid;
        }
        EXPECT_EQ(uuid.find_first_not_of("0123456789abcdef-"), std::string::npos) << uuid;
        EXPECT_EQ(uuid[14], '4') << uuid;
        EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos) << uuid;
        seen.insert(uuid);
    }
    EXPECT_EQ(seen.size(), 100U);
}

}  // namespace
}  // namespace base
