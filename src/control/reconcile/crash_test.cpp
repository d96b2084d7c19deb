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

// From now on nothing of a Deployment's template or a ConfigMap's data can be changed, and both stages recreate.
void make_immutable(World& world) {
    world.api.edit(kSet, [](Value& set) {
        for (Value& item : model::ensure_object(set, {"spec"})["stages"].as_array()) {
            item.as_object()["force"] = true;
        }
    });
    world.api.admission = [](const Value* before, Value& after) -> base::Result<void> {
        const std::string_view kind = model::find_string(after, {"kind"});
        if (before == nullptr || (kind != "ConfigMap" && kind != "Deployment")) {
            return {};
        }
        const Value none;
        const auto part = [&](const Value& object) {
            const Value* found = kind == "ConfigMap" ? model::find(object, {"data"})
                                                     : model::find(object, {"spec", "template"});
            return found == nullptr ? none : *found;
        };
        if (part(*before) == part(after)) {
            return {};
        }
        return kube::testing::server_error(
            base::ErrorCode::kInvalid, 422, "Invalid", "is invalid",
            {{"FieldValueInvalid", "Invalid value: 1: field is immutable", "spec"}});
    };
}

// Crashes a rollout at every point and lets a new process finish it: the end must be the same as without a crash.
enum class Change {
    kFirstRollout,
    kUpdate,
    kRecreation,  // an update whose Deployment and ConfigMap `a` have to be made anew
};
std::size_t crash_everywhere(Crash crash, Change change) {
    const auto prepare = [change](World& world) {
        if (change != Change::kFirstRollout) {
            ASSERT_TRUE(Process(world).run());
            world.update_to_r2();
        }
        if (change == Change::kRecreation) {
            make_immutable(world);
        }
    };
    const bool made_anew = change == Change::kRecreation;
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
            EXPECT_TRUE(made_anew || !before.contains(name) || before.at(name) == uid)
                << name << " was made anew";
            EXPECT_TRUE(made_anew || !at_crash.contains(name) || at_crash.at(name) == uid)
                << name << " was made anew";
        }
        if (!crashed || ::testing::Test::HasFailure()) {
            return n;
        }
    }
}

// Deletes the StageSet, with or without its inventory, crashes its teardown at every point and lets a new process finish it.
std::size_t crash_teardown_everywhere(Crash crash, bool inventory_is_lost) {
    for (std::size_t n = 1;; ++n) {
        SCOPED_TRACE(fmt::format("n = {}", n));
        World world;
        EXPECT_TRUE(Process(world).run());
        if (inventory_is_lost) {
            erase_shards(world);
        }
        base::TaskGroup user(world.loop.get_executor());
        user.spawn(world.api.remove({kSet}));
        base::testing::settle(world.loop);
        const bool crashed = run_until_crash(world, crash, n);
        world.api.clear_faults();
        EXPECT_TRUE(Process(world).run());
        EXPECT_EQ(world.api.count("StageSet"), 0U);
        EXPECT_EQ(world.api.count("ConfigMap") + world.api.count("Deployment"), 0U);
        if (!crashed || ::testing::Test::HasFailure()) {
            return n;
        }
    }
}

// Loses the inventory before an update, crashes the runs that find it again at every point.
std::size_t crash_rebuild_everywhere(Crash crash) {
    for (std::size_t n = 1;; ++n) {
        SCOPED_TRACE(fmt::format("n = {}", n));
        World world;
        EXPECT_TRUE(Process(world).run());
        erase_shards(world);
        world.update_to_r2();
        const auto before = uids(world);
        const bool crashed = run_until_crash(world, crash, n);
        world.api.clear_faults();
        for (int runs = 0; runs < 4; ++runs) {
            EXPECT_TRUE(Process(world).run());
        }
        EXPECT_EQ(world.ready("message"), "All 2 stages applied");
        EXPECT_EQ(forgotten_objects(world), std::set<std::string>{});
        std::string left;
        for (const auto& [name, uid] : uids(world)) {
            const bool is_shard = name.starts_with("StageInventory");
            EXPECT_TRUE(is_shard || !before.contains(name) || before.at(name) == uid) << name;
            left += is_shard ? "" : name + " ";
        }
        EXPECT_EQ(left, "ConfigMap/t/a ConfigMap/t/c ConfigMap/t/d Deployment/t/web ");
        if (!crashed || ::testing::Test::HasFailure()) {
            return n;
        }
    }
}

TEST(ReconcilerCrash, BeforeAnyRequestOfATeardown) {
    EXPECT_GT(crash_teardown_everywhere(Crash::kBeforeRequest, false), 15U);
    EXPECT_GT(crash_teardown_everywhere(Crash::kBeforeRequest, true), 30U);
}
TEST(ReconcilerCrash, AfterAnyWriteOfATeardown) {
    EXPECT_GT(crash_teardown_everywhere(Crash::kAfterWrite, false), 5U);
    EXPECT_GT(crash_teardown_everywhere(Crash::kAfterWrite, true), 5U);
}
TEST(ReconcilerCrash, BeforeAnyRequestOfARebuild) {
    EXPECT_GT(crash_rebuild_everywhere(Crash::kBeforeRequest), 15U);
}
TEST(ReconcilerCrash, AfterAnyWriteOfARebuild) {
    EXPECT_GT(crash_rebuild_everywhere(Crash::kAfterWrite), 3U);
}
TEST(ReconcilerCrash, BeforeAnyRequestOfTheFirstRollout) {
    EXPECT_GT(crash_everywhere(Crash::kBeforeRequest, Change::kFirstRollout), 19U);
}
TEST(ReconcilerCrash, AfterAnyWriteOfTheFirstRollout) {
    EXPECT_GT(crash_everywhere(Crash::kAfterWrite, Change::kFirstRollout), 13U);
}
TEST(ReconcilerCrash, BeforeAnyRequestOfAnUpdate) {
    EXPECT_GT(crash_everywhere(Crash::kBeforeRequest, Change::kUpdate), 19U);
}
TEST(ReconcilerCrash, AfterAnyWriteOfAnUpdate) {
    EXPECT_GT(crash_everywhere(Crash::kAfterWrite, Change::kUpdate), 10U);
}

TEST(ReconcilerCrash, BetweenDeletionAndCreation) {
    EXPECT_GT(crash_everywhere(Crash::kBeforeRequest, Change::kRecreation), 20U);
    EXPECT_GT(crash_everywhere(Crash::kAfterWrite, Change::kRecreation), 10U);
}

}  // namespace
}  // namespace reconcile::testing
