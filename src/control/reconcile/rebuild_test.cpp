// SPDX-License-Identifier: 0BSD
// Inventories that somebody deleted: nothing becomes an orphan, and nothing is deleted on the strength of labels at once.
#include "control/reconcile/rebuild.hpp"

#include <gtest/gtest.h>

#include "control/reconcile/testing/world.hpp"

namespace reconcile::testing {
namespace {

std::string config_maps(const World& world) {
    std::string names;
    for (const Value& object : world.api.objects("ConfigMap")) {
        names += std::string(model::name_of(object)) + " ";
    }
    return names;
}

std::string event(const World& world) {
    for (const Value& event : world.api.objects("Event")) {
        if (model::find_string(event, {"reason"}) == "InventoryRebuilt") {
            return std::string(model::find_string(event, {"note"}));
        }
    }
    return "";
}

TEST(LostInventory, IsFoundAgainAndPrunedOneRunLater) {
    for (const auto mode : {inventory::Mode::kHybrid, inventory::Mode::kEntries}) {
        World world;
        world.mode = mode;
        ASSERT_TRUE(Process(world).run());
        const auto before = uids(world);
        erase_shards(world);
        world.update_to_r2();

        Process process(world);
        const auto rebuilt = process.run();
        ASSERT_TRUE(rebuilt);
        EXPECT_EQ(rebuilt->requeue_after, base::Duration::zero());
        EXPECT_EQ(forgotten_objects(world), std::set<std::string>{}) << "all is recorded again";
        EXPECT_EQ(config_maps(world), "a b c o ");

        ASSERT_TRUE(process.run());
        EXPECT_EQ(world.ready("status"), "True");
        EXPECT_NE(world.ready("message").find("nothing was pruned"), std::string::npos)
            << world.ready("message");
        EXPECT_EQ(config_maps(world), "a b c d o ");
        EXPECT_EQ(forgotten_objects(world), std::set<std::string>{});

        ASSERT_TRUE(process.run());
        EXPECT_EQ(world.ready("message"), "All 2 stages applied");
        EXPECT_EQ(config_maps(world), "a c d ");
        EXPECT_EQ(world.api.count("StageInventory"), 2U);
        EXPECT_EQ(uids(world).at("ConfigMap/t/a"), before.at("ConfigMap/t/a"));
        EXPECT_EQ(uids(world).at("ConfigMap/t/c"), before.at("ConfigMap/t/c"));
        EXPECT_EQ(forgotten_objects(world), std::set<std::string>{});
    }
}

TEST(LostInventory, OfOneStageLeavesTheOthersAlone) {
    World world;
    ASSERT_TRUE(Process(world).run());
    world.clock.advance(std::chrono::seconds(1));  // events are named by their time
    world.api.erase({kInventory, "t", "s-base-00"});
    Process process(world);
    world.api.clear_log();
    ASSERT_TRUE(process.run());
    EXPECT_EQ(writes(world), 2U) << "the shard and an event";
    EXPECT_EQ(forgotten_objects(world), std::set<std::string>{});
    EXPECT_EQ(event(world), "the inventory was lost and found again by labels: stage \"base\": 2 object(s)");
    ASSERT_TRUE(process.run());
    ASSERT_TRUE(process.run());
    EXPECT_EQ(config_maps(world), "a b c o ");
}

TEST(LostInventory, AKindThatMayNotBeListedIsNamed) {
    World world;
    ASSERT_TRUE(Process(world).run());
    world.clock.advance(std::chrono::seconds(1));  // events are named by their time
    world.api.erase({kInventory, "t", "s-base-00"});
    world.api.fail_always(on("list", "Secret"), {base::ErrorCode::kForbidden, "no right"});
    Process process(world);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(event(world),
              "the inventory was lost and found again by labels: stage \"base\": 2 object(s); could not list "
              "Secret: no right");
}

TEST(LostInventory, ThatCannotBeFoundAgainFailsVisibly) {
    World world;
    ASSERT_TRUE(Process(world).run());
    erase_shards(world);
    world.api.fail_always(on("list", "Secret"), {base::ErrorCode::kUnavailable, "no answer"});
    Process process(world);
    const auto end = process.run();
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->backoff);
    EXPECT_EQ(world.ready("reason"), "StageFailed");
    EXPECT_EQ(world.api.count("StageInventory"), 0U) << "half of it would pass for all";
}

TEST(LostInventory, IsReadInTheNamespacesThatMayBeRead) {
    World world;
    ASSERT_TRUE(Process(world).run());
    erase_shards(world);
    world.api.fail_always(
        [](const Request& request) {
            return request.verb == "list" && request.ns.empty() &&
                   request.label_selector.starts_with("stages.metio.wtf/name=");
        },
        {base::ErrorCode::kForbidden, "no right in the cluster"});
    Process process(world);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(forgotten_objects(world), std::set<std::string>{});
}

}  // namespace
}  // namespace reconcile::testing
