// SPDX-License-Identifier: 0BSD
// What a run leaves behind when its process dies, at every point where it can.
#include <gtest/gtest.h>

#include "control/reconcile/testing/world.hpp"

namespace reconcile::testing {
namespace {

// Where the process dies: before the n-th request has an effect, or after the n-th write had, its answer unread.
enum class Crash { kBeforeRequest, kAfterWrite };

// Cuts the process off at its n-th request or write and cancels its run; nothing that it sends later arrives. Answers false
// when the run ended before that.
bool run_until_crash(World& world, Crash crash, std::size_t n) {
    base::TaskHandle handle;
    std::size_t seen = 0;
    bool dead = false;
    Process process(world);
    const auto die = [&] {
        dead = true;
        handle.cancel();
    };
    if (crash == Crash::kBeforeRequest) {
        world.hook = [&](const Request&) {
            if (++seen == n) {
                die();
            }
        };
    } else {
        world.api.lose_answer(
            [&](const Request&) {
                if (++seen != n) {
                    return false;
                }
                die();
                return true;
            },
            base::cancelled_error());
    }
    world.api.fail_always([&dead](const Request&) { return dead; }, base::cancelled_error());
    handle = process.start();
    world.drive([&] { return process.end.has_value(); });
    EXPECT_EQ(process.end->has_value(), !dead) << "a cut off run must not claim an end";
    world.hook = nullptr;
    return dead;
}

// Crashes a rollout at every point and lets a new process finish it: the end must be the same as without a crash.
std::size_t crash_everywhere(Crash crash, bool is_update) {
    const auto prepare = [is_update](World& world) {
        if (is_update) {
            ASSERT_TRUE(Process(world).run());
            world.update_to_r2();
        }
    };
    World undisturbed;
    prepare(undisturbed);
    EXPECT_TRUE(Process(undisturbed).run());
    const auto wanted = cluster_state(undisturbed);

    for (std::size_t n = 1;; ++n) {
        SCOPED_TRACE(fmt::format("n = {}", n));
        World world;
        prepare(world);
        const auto before = uids(world);
        const bool crashed = run_until_crash(world, crash, n);
        EXPECT_EQ(forgotten_objects(world), std::set<std::string>{});
        const auto at_crash = uids(world);
        world.api.clear_faults();
        const auto end = Process(world).run();
        EXPECT_TRUE(end && end->requeue_after && world.ready("status") == "True") << world.ready("message");
        EXPECT_EQ(forgotten_objects(world), std::set<std::string>{});
        EXPECT_EQ(cluster_state(world), wanted);
        for (const auto& [name, uid] : uids(world)) {
            EXPECT_TRUE(!before.contains(name) || before.at(name) == uid) << name << " was made anew";
            EXPECT_TRUE(!at_crash.contains(name) || at_crash.at(name) == uid) << name << " was made anew";
        }
        if (!crashed || ::testing::Test::HasFailure()) {
            return n;
        }
    }
}

TEST(ReconcilerCrash, BeforeAnyRequestOfTheFirstRollout) {
    EXPECT_GT(crash_everywhere(Crash::kBeforeRequest, false), 19U);
}
TEST(ReconcilerCrash, AfterAnyWriteOfTheFirstRollout) {
    EXPECT_GT(crash_everywhere(Crash::kAfterWrite, false), 13U);
}
TEST(ReconcilerCrash, BeforeAnyRequestOfAnUpdate) {
    EXPECT_GT(crash_everywhere(Crash::kBeforeRequest, true), 19U);
}
TEST(ReconcilerCrash, AfterAnyWriteOfAnUpdate) { EXPECT_GT(crash_everywhere(Crash::kAfterWrite, true), 10U); }

}  // namespace
}  // namespace reconcile::testing
