// SPDX-License-Identifier: 0BSD
#include "control/reconcile/pace.hpp"

#include <gtest/gtest.h>

namespace reconcile {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr base::SteadyTime kStart{std::chrono::hours(1)};

apply::Owner owner(int number) { return {"t", std::to_string(number)}; }

TEST(VerifyPace, LetsASmallInstallationBeginAtOnce) {
    VerifyPace pace;
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(pace.wait(owner(i), 10, kStart), base::Duration::zero()) << i;
    }
    EXPECT_EQ(pace.wait(owner(100), 100, kStart), seconds(1));
}

TEST(VerifyPace, SpreadsALargeOne) {
    VerifyPace pace;
    base::Duration last{};
    for (int i = 0; i < 1'000; ++i) {
        const base::Duration wait = pace.wait(owner(i), 10, kStart);
        EXPECT_GE(wait, last);
        last = wait;
    }
    EXPECT_EQ(last, seconds(90));
    EXPECT_EQ(pace.wait(owner(999), 10, kStart + seconds(30)), seconds(60)) << "the time once given";
    EXPECT_EQ(pace.wait(owner(999), 10, kStart + seconds(95)), base::Duration::zero());
}

TEST(VerifyPace, ForgetsWhoIsGone) {
    VerifyPace pace;
    (void)pace.wait(owner(1), 2'000, kStart);
    pace.forget(owner(1));
    EXPECT_EQ(pace.wait(owner(1), 0, kStart + minutes(1)), base::Duration::zero());
}

TEST(HealPace, LooksSoonAndThenEverLessOften) {
    HealPace pace;
    base::SteadyTime now = kStart;
    EXPECT_EQ(pace.wait(owner(1), now), HealPace::kFirst);
    now += HealPace::kFirst / 2;
    EXPECT_EQ(pace.wait(owner(1), now), HealPace::kFirst / 2) << "the same look";
    base::Duration last = HealPace::kFirst;
    now += HealPace::kFirst / 2;
    for (int i = 0; i < 10; ++i) {
        const base::Duration wait = pace.wait(owner(1), now);
        EXPECT_EQ(wait, std::min(HealPace::kSlowest, last * 2));
        last = wait;
        now += wait;
    }
    EXPECT_EQ(last, HealPace::kSlowest);
    EXPECT_EQ(pace.wait(owner(2), now), HealPace::kFirst) << "another StageSet's quarrels do not count";
}

TEST(HealPace, StartsAnewAfterACalm) {
    HealPace pace;
    (void)pace.wait(owner(1), kStart);
    (void)pace.wait(owner(1), kStart + seconds(1));
    EXPECT_EQ(pace.wait(owner(1), kStart + seconds(5) + HealPace::kCalm), HealPace::kFirst);
}

}  // namespace
}  // namespace reconcile
