// SPDX-License-Identifier: 0BSD
#include "control/reconcile/reconciler.hpp"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "control/reconcile/testing/world.hpp"
#include "io/telemetry/families.hpp"

namespace reconcile::testing {
namespace {

TEST(Reconciler, TheFirstRolloutAppliesAllAndSaysSo) {
    World world;
    Process process(world);
    const auto end = process.run();
    ASSERT_TRUE(end) << end.error().text();
    EXPECT_GE(end->requeue_after, std::chrono::seconds(570));
    EXPECT_LE(end->requeue_after, std::chrono::seconds(630));
    EXPECT_FALSE(end->backoff);
    EXPECT_EQ(world.ready("status"), "True");
    EXPECT_EQ(world.ready("message"), "All 3 stages applied");
    EXPECT_EQ(world.phases(), "base=Ready app=Ready old=Ready ");
    EXPECT_EQ(world.status({"status", "observedGeneration"}), "1");
    EXPECT_EQ(world.status({"status", "lastAppliedRevisions"}), R"({"t/src":"r1"})");
    EXPECT_EQ(world.status({"metadata", "finalizers"}), R"(["stages.metio.wtf/finalizer"])");
    EXPECT_EQ(world.api.count("ConfigMap"), 4U);
    EXPECT_EQ(world.api.count("StageInventory"), 3U);
    EXPECT_TRUE(forgotten_objects(world).empty());
    EXPECT_EQ(process.metrics.value(telemetry::kStageReady,
                                    {{"namespace", "t"}, {"stageset", "s"}, {"stage", "app"}}),
              1.0);
}

TEST(Reconciler, TheFirstRolloutKeepsItsBudgetOfRequests) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    constexpr std::size_t kStages = 3;
    constexpr std::size_t kObjects = 5;
    EXPECT_EQ(world.api.requests_matching(on("apply")), 2 * kObjects) << "one dry run and one write";
    EXPECT_EQ(world.api.requests_matching(on("create", "StageInventory")), kStages);
    EXPECT_EQ(world.api.requests_matching(on("patch", "StageInventory")), 0U) << "nothing had to be narrowed";
    EXPECT_EQ(world.api.requests_matching(on("patch", "StageSet")), 1 + kStages + 1)
        << "finalizer, progress of each stage, end";
    EXPECT_EQ(world.api.requests_matching(on("create", "Event")), 1U);
    EXPECT_EQ(world.api.requests_matching(on("get")), 0U) << "readiness comes from the watch";
    EXPECT_EQ(writes(world), kObjects + kStages + 1 + kStages + 1 + 1);
}

TEST(Reconciler, ASteadyPassWritesNothing) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    world.api.clear_log();
    const auto end = process.run();
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->requeue_after);
    EXPECT_EQ(writes(world), 0U) << fmt::format("{}", fmt::join(world.api.log(), "\n"));
}

TEST(Reconciler, AnUpdateAppliesInOrderAndPrunesAtTheEnd) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    const auto before = uids(world);
    world.api.clear_log();
    world.update_to_r2();
    base::testing::settle(world.loop);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(changed_objects(world),
              "apply a; apply c; apply d; apply web; delete o; delete s-old-00; delete b; ");
    EXPECT_EQ(uids(world).at("ConfigMap/t/c"), before.at("ConfigMap/t/c")) << "it only moved";
    EXPECT_EQ(model::label_of(*world.api.object("ConfigMap", "t", "c"), model::kApplySetLabel),
              inventory::stage_applyset_id("s", "t", "base"));
    EXPECT_EQ(world.phases(), "base=Ready app=Ready ");
    EXPECT_EQ(world.api.count("StageInventory"), 2U);
    EXPECT_EQ(world.api.requests_matching(on("create", "Event")), 0U) << "it was Succeeded before, too";
    EXPECT_FALSE(process.metrics.value(telemetry::kStageReady,
                                       {{"namespace", "t"}, {"stageset", "s"}, {"stage", "old"}}));
}

TEST(Reconciler, AnotherInventoryModeRelabelsAllAndIsNoDrift) {
    World world;
    ASSERT_TRUE(Process(world).run());
    const auto before = uids(world);
    const auto label = [&world] {
        return model::label_of(*world.api.object("ConfigMap", "t", "a"), model::kApplySetLabel).has_value();
    };
    EXPECT_TRUE(label());
    for (const auto& [mode, word] : {std::pair{inventory::Mode::kEntries, "\"entries\""},
                                     std::pair{inventory::Mode::kApplySet, "\"applyset\""}}) {
        world.mode = mode;
        Process process(world);
        ASSERT_TRUE(process.run());
        EXPECT_EQ(world.status({"status", "inventoryMode"}), word);
        EXPECT_EQ(label(), mode == inventory::Mode::kApplySet);
        const bool is_parent =
            !inventory::parent_metadata_in(*world.api.object("StageInventory", "t", "s-base-00"))
                 .labels.empty();
        EXPECT_EQ(is_parent, mode == inventory::Mode::kApplySet);
    }
    EXPECT_EQ(uids(world), before);
    EXPECT_EQ(world.api.requests_matching(on("create", "Event")), 1U)
        << "Succeeded at the first rollout only";
}

TEST(Reconciler, WhatOthersChangedIsCorrectedAndTold) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    world.api.edit({kConfigMap, "t", "b"}, [](Value& object) { object.at("data").at("k") = "mine"; });
    world.api.clear_log();
    ASSERT_TRUE(process.run());
    EXPECT_EQ(changed_objects(world), "apply b; ");
    EXPECT_EQ(world.api.requests_matching(on("patch", "StageSet")), 0U);
    ASSERT_EQ(world.api.requests_matching(on("create", "Event")), 1U);
    EXPECT_EQ(model::find_string(world.api.objects("Event").back(), {"note"}),
              "stage \"base\": 1 object(s) corrected: ConfigMap/t/b");
    EXPECT_EQ(process.metrics.value(telemetry::kDriftCorrectedTotal,
                                    {{"namespace", "t"}, {"name", "s"}, {"stage", "base"}}),
              1.0);
}

TEST(Reconciler, AFailedStageStopsTheRunAndForgetsNothing) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    world.update_to_r2();
    base::testing::settle(world.loop);
    world.api.fail_always(
        on("apply", "Deployment"),
        kube::testing::server_error(base::ErrorCode::kInvalid, 422, "Invalid", "immutable"));
    const auto end = process.run();
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->requeue_after);
    EXPECT_FALSE(end->backoff);
    EXPECT_EQ(world.ready("reason"), "StageFailed");
    EXPECT_TRUE(world.ready("message").starts_with("stage \"app\" apply: Deployment/t/web: "))
        << world.ready("message");
    EXPECT_EQ(world.phases(), "base=Ready app=Failed ");
    EXPECT_EQ(world.status({"status", "lastAppliedRevisions"}), R"({"t/src":"r1"})");
    EXPECT_EQ(world.status({"status", "lastAttemptedRevisions"}), R"({"t/src":"r2"})");
    EXPECT_NE(world.api.object("ConfigMap", "t", "b"), nullptr) << "pruned only after all stages succeeded";
    EXPECT_TRUE(forgotten_objects(world).empty());

    world.api.clear_faults();
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.ready("status"), "True");
    EXPECT_EQ(world.api.object("ConfigMap", "t", "b"), nullptr);
}

TEST(Reconciler, AStageThatDoesNotGetReadyTimesOut) {
    World world;
    world.deployments_progress = false;
    Process process(world);
    process.start();
    world.drive([&] { return world.phases() == "base=Ready app=Verifying old=Pending "; });
    base::testing::settle(world.loop);
    EXPECT_FALSE(process.end);
    world.clock.advance(std::chrono::minutes(5));
    world.drive([&] { return process.end.has_value(); });
    EXPECT_EQ(world.ready("reason"), "StageFailed");
    EXPECT_TRUE(
        world.ready("message").starts_with("stage \"app\" verify: timed out waiting for Deployment/t/web: "))
        << world.ready("message");
    EXPECT_EQ(world.phases(), "base=Ready app=Failed old=Pending ");
}

TEST(Reconciler, AWaitingStageIsNoRunAndAppliesNothingAgain) {
    World world;
    world.deployments_progress = false;
    Process process(world);
    base::TaskHandle handle = process.start();
    world.drive([&] { return process.runs_ended == 1; });
    EXPECT_FALSE(process.end) << "the rollout waits, its run is over";
    EXPECT_EQ(world.phases(), R"(base=Ready app=Verifying old=Pending )");
    world.api.clear_log();
    world.deployments_progress = true;
    world.roll_deployments();
    world.drive([&] { return process.end.has_value(); });
    EXPECT_EQ(world.ready("status"), "True");
    EXPECT_EQ(changed_objects(world), "apply o; ") << "only the stage after it";
}

TEST(Reconciler, AfterARestartAWaitGoesOnWithoutAnotherWrite) {
    World world;
    world.deployments_progress = false;
    {
        Process process(world);
        base::TaskHandle handle = process.start();
        world.drive([&] { return process.runs_ended == 1; });
        handle.cancel();
        world.drive([&] { return process.end.has_value(); });
    }
    world.api.clear_log();
    Process process(world);
    base::TaskHandle handle = process.start();
    world.drive([&] { return process.runs_ended == 1; });
    EXPECT_EQ(writes(world), 2U) << "stage base, looked at again; of the wait itself there is nothing new";
    EXPECT_EQ(changed_objects(world), "");
    handle.cancel();
    world.drive([&] { return process.end.has_value(); });
}

TEST(Reconciler, AnUnreachableArtifactFailsItsStageAndWritesNoObject) {
    World world;
    world.fetcher.trees.clear();
    Process process(world);
    ASSERT_TRUE(process.run());
    EXPECT_TRUE(world.ready("message").starts_with("stage \"base\" fetch artifact: "))
        << world.ready("message");
    EXPECT_EQ(world.api.requests_matching(on("apply")), 0U);
}

TEST(Reconciler, AnObjectInTwoStagesIsAFaultOfTheSpecAndNothingIsApplied) {
    World world;
    world.fetcher.trees["http://a/r1"].files["app/a.yaml"] = config_map("a", "other");
    Process process(world);
    const auto end = process.run();
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->requeue_after);
    EXPECT_EQ(world.ready("reason"), "InvalidSpec");
    EXPECT_TRUE(world.ready("message").starts_with(
        "1 object(s) are claimed by two stages, first ConfigMap/t/a by \"base\" and \"app\"; "))
        << world.ready("message");
    EXPECT_EQ(world.api.requests_matching(on("apply")), 0U);
    EXPECT_EQ(world.api.count("StageInventory"), 0U);
}

TEST(Reconciler, AClaimThatOnlyTheClusterTellsIsFoundBeforeTheSecondStageApplies) {
    World world;
    const auto cluster_wide = [](const std::string& ns) {
        return "{apiVersion: v1, kind: Namespace, metadata: {name: n" + ns + "}}\n";
    };
    world.fetcher.trees["http://a/r1"].files["base/n.yaml"] = cluster_wide("");
    world.fetcher.trees["http://a/r1"].files["app/n.yaml"] = cluster_wide(", namespace: t");
    Process process(world);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.ready("reason"), "InvalidSpec");
    EXPECT_EQ(world.api.count("Deployment"), 0U) << "nothing of the second stage is applied";
    EXPECT_TRUE(forgotten_objects(world).empty());
}

TEST(Reconciler, AStageThatCannotBeBuiltYetDoesNotKeepTheFirstFromWork) {
    World world;
    world.fetcher.trees["http://a/r1"].files["app/c.yaml"] = "no: object";
    Process process(world);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.ready("reason"), "StageFailed");
    EXPECT_TRUE(world.ready("message").starts_with("stage \"app\" build: ")) << world.ready("message");
    EXPECT_TRUE(world.api.object("ConfigMap", "t", "a") != nullptr);
}

TEST(Reconciler, AStageThatRendersNothingAnyMoreIsRefusedUnlessThatIsSaid) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    world.fetcher.trees["http://a/r2"] = world.fetcher.trees["http://a/r1"];
    auto& files = world.fetcher.trees["http://a/r2"].files;
    files.erase("base/b.yaml");
    files["base/a.yaml"] = "# all gone\n";
    world.sources.revision = "r2";
    world.api.clear_log();
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.ready("reason"), "StageFailed");
    EXPECT_TRUE(world.ready("message").starts_with(
        "stage \"base\" build: path \"base\" renders no object any more, but the stage owns 2, first "
        "ConfigMap/t/a; "
        "if all of them are to be deleted, add a kustomization.yaml with \"resources: []\" there"))
        << world.ready("message");
    EXPECT_EQ(changed_objects(world), "");

    files["base/kustomization.yaml"] = "resources: []\n";
    world.sources.revision = "r3";
    world.fetcher.trees["http://a/r3"] = world.fetcher.trees["http://a/r2"];
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.ready("status"), "True");
    EXPECT_EQ(changed_objects(world), "delete b; delete a; ");
}

TEST(Reconciler, AnUnprunedStageMayRenderNothing) {
    World world;
    world.api.edit(kSet, [](Value& set) { set.at("spec").at("stages").at(0).as_object()["prune"] = false; });
    Process process(world);
    ASSERT_TRUE(process.run());
    world.fetcher.trees["http://a/r2"] = world.fetcher.trees["http://a/r1"];
    world.fetcher.trees["http://a/r2"].files.erase("base/b.yaml");
    world.fetcher.trees["http://a/r2"].files["base/a.yaml"] = "# all gone\n";
    world.sources.revision = "r2";
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.ready("status"), "True");
    EXPECT_TRUE(world.api.object("ConfigMap", "t", "a") != nullptr);
}

TEST(Reconciler, ARenamedStageKeepsItsObjectsAndLosesItsSeries) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    const auto before = uids(world);
    world.api.edit(kSet, [](Value& set) { set.at("spec").at("stages").at(0).as_object()["name"] = "basis"; });
    world.api.clear_log();
    base::testing::settle(world.loop);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.ready("status"), "True");
    EXPECT_EQ(changed_objects(world), "apply a; apply b; delete s-base-00; ") << "other marks, nothing more";
    EXPECT_EQ(uids(world).at("ConfigMap/t/a"), before.at("ConfigMap/t/a"));
    const auto series = [&process](const char* stage) {
        return process.metrics.value(telemetry::kStageReady,
                                     {{"namespace", "t"}, {"stageset", "s"}, {"stage", stage}});
    };
    EXPECT_FALSE(series("base"));
    EXPECT_EQ(series("basis"), 1.0);
}

TEST(Reconciler, ARefusedDeletionFailsEachRunUntilItWorks) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    world.update_to_r2();
    base::testing::settle(world.loop);
    world.api.fail_always(on("delete", "ConfigMap", "b"), {base::ErrorCode::kForbidden, "b is protected"});
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(process.run());
        EXPECT_EQ(world.ready("reason"), "StageFailed");
        EXPECT_EQ(world.ready("message").find("stage \"base\" prune: "), 0U) << world.ready("message");
    }
    EXPECT_TRUE(forgotten_objects(world).empty());
    world.api.clear_faults();
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.ready("status"), "True");
    EXPECT_TRUE(world.api.object("ConfigMap", "t", "b") == nullptr);
}

TEST(Reconciler, ASuspendedStageSetIsLeftAlone) {
    World world;
    world.api.edit(kSet, [](Value& set) { set.at("spec").as_object()["suspend"] = true; });
    Process process(world);
    const auto end = process.run();
    ASSERT_TRUE(end);
    EXPECT_FALSE(end->requeue_after);
    EXPECT_EQ(world.ready("reason"), "Suspended");
    EXPECT_EQ(world.status({"status", "observedGeneration"}), "");
    EXPECT_EQ(world.api.requests_matching(on("apply")), 0U);
}

TEST(Reconciler, AShardThatCannotBeDeletedIsAFailureOfPrune) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    world.update_to_r2();
    base::testing::settle(world.loop);
    world.api.fail_always(on("delete", "StageInventory"), {base::ErrorCode::kForbidden, "no right"});
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.ready("reason"), "StageFailed");
    EXPECT_TRUE(world.ready("message").starts_with("stage \"old\" prune: ")) << world.ready("message");
    world.api.clear_faults();
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.ready("status"), "True");
    EXPECT_EQ(world.api.count("StageInventory"), 2U);
}

TEST(Reconciler, TeardownDeletesTheLastStageFirstAndLetsGo) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    base::TaskGroup user(world.loop.get_executor());
    user.spawn(world.api.remove({kSet}));
    base::testing::settle(world.loop);
    world.api.clear_log();
    ASSERT_TRUE(process.run());
    EXPECT_EQ(changed_objects(world), "delete o; delete web; delete c; delete b; delete a; ");
    EXPECT_EQ(world.api.count("ConfigMap") + world.api.count("Deployment") + world.api.count("StageSet"), 0U);
}

}  // namespace
}  // namespace reconcile::testing
