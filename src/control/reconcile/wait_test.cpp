// SPDX-License-Identifier: 0BSD
// Rollouts that wait: for what, and what ends them.
#include <gtest/gtest.h>

#include "control/reconcile/testing/world.hpp"

namespace reconcile::testing {
namespace {

// A rollout of r1 that waits in its second stage.
struct Waiting {
    Waiting() {
        world.deployments_progress = false;
        handle = process.start();
        world.drive([&] { return process.runs_ended == 1; });
    }
    ~Waiting() {
        handle.cancel();
        world.drive([&] { return process.end.has_value(); });
    }
    void go_on() {
        process.wake();
        world.drive([&] { return process.end.has_value(); });
    }
    std::string stage_message(std::size_t index) const {
        const auto* list = model::find_array(*world.api.object("StageSet", "t", "s"), {"status", "stages"});
        return list == nullptr ? "" : std::string(model::find_string(list->at(index), {"message"}));
    }
    std::string event(std::string_view reason) const {
        for (const Value& event : world.api.objects("Event")) {
            if (model::find_string(event, {"reason"}) == reason) {
                return fmt::format("{}: {}", model::find_string(event, {"type"}),
                                   model::find_string(event, {"note"}));
            }
        }
        return "";
    }

    World world;
    Process process{world};
    base::TaskHandle handle;
};

const std::string kWaited = "while waiting for Deployment/t/web: 0 of 1 replicas created";

void set_checks(World& world, Value ready_checks) {
    world.api.edit(kSet, [&](Value& set) {
        set.at("spec").at("stages").at(1).as_object()["readyChecks"] = std::move(ready_checks);
    });
}

TEST(ReconcilerWait, AWaitForAnOlderRevisionIsGivenUpForTheNewOne) {
    World world;
    world.deployments_progress = false;
    Process process(world);
    base::TaskHandle handle = process.start();
    world.drive([&] { return process.runs_ended == 1; });
    world.update_to_r2();
    world.deployments_progress = true;
    process.wake();
    world.drive([&] { return process.end.has_value(); });
    EXPECT_EQ(world.ready("status"), "True");
    EXPECT_EQ(world.phases(), "base=Ready app=Ready ");
    EXPECT_EQ(world.api.object("ConfigMap", "t", "b"), nullptr)
        << "pruned though no revision before was ever Ready";
    EXPECT_EQ(forgotten_objects(world), std::set<std::string>{});
}

TEST(ReconcilerWait, WhatWasGivenUpForANewRevisionIsTold) {
    Waiting waiting;
    waiting.world.update_to_r2();
    waiting.world.deployments_progress = true;
    waiting.go_on();
    const std::string said = "interrupted by a change of the spec " + kWaited;
    EXPECT_EQ(waiting.event("RolloutInterrupted"), "Normal: stage \"app\": " + said);
}

TEST(ReconcilerWait, ANewRevisionIsNamed) {
    Waiting waiting;
    waiting.world.fetcher.trees["http://a/r3"] = waiting.world.fetcher.trees["http://a/r1"];
    waiting.world.sources.revision = "r3";
    std::string while_applying;
    waiting.world.hook = [&](const Request& request) {
        if (request.verb == "apply" && request.name == "web") {
            while_applying = waiting.world.phases() + waiting.stage_message(1);
        }
    };
    waiting.process.wake();
    waiting.world.drive([&] { return waiting.process.runs_ended == 2; });
    const std::string said = "interrupted by t/src moving from r1 to r3 " + kWaited;
    EXPECT_EQ(while_applying, "base=Ready app=Applying old=Pending " + said);
    EXPECT_EQ(waiting.event("RolloutInterrupted"), "Normal: stage \"app\": " + said);
    EXPECT_EQ(waiting.stage_message(1), "waiting for Deployment/t/web: 0 of 1 replicas created");
    waiting.world.hook = nullptr;
}

TEST(ReconcilerWait, SuspensionEndsItAndNobodyWaitsAnyMore) {
    Waiting waiting;
    waiting.world.api.edit(kSet, [](Value& set) { set.at("spec").as_object()["suspend"] = true; });
    waiting.go_on();
    EXPECT_EQ(waiting.world.ready("reason"), "Suspended");
    EXPECT_EQ(waiting.world.phases(), "base=Ready app=Pending old=Pending ");
    EXPECT_EQ(waiting.stage_message(1), "interrupted by the suspension of the StageSet " + kWaited);
}

TEST(ReconcilerWait, DeletionEndsItAndIsTold) {
    Waiting waiting;
    base::TaskGroup user(waiting.world.loop.get_executor());
    user.spawn(waiting.world.api.remove({kSet}));
    base::testing::settle(waiting.world.loop);
    waiting.go_on();
    EXPECT_EQ(waiting.world.api.count("StageSet"), 0U);
    EXPECT_TRUE(waiting.event("RolloutInterrupted").find("the deletion of the StageSet") != std::string::npos)
        << waiting.event("RolloutInterrupted");
}

TEST(ReconcilerWait, ALookOfTheSameRolloutIsNoInterruption) {
    Waiting waiting;
    waiting.process.wake();
    waiting.world.drive([&] { return waiting.process.runs_ended == 2; });
    EXPECT_EQ(waiting.event("RolloutInterrupted"), "");
    EXPECT_EQ(waiting.stage_message(1), "waiting for Deployment/t/web: 0 of 1 replicas created");
}

TEST(ReconcilerWait, OnlyNamedObjectsCountWhereThereAreAny) {
    World world;
    world.deployments_progress = false;
    set_checks(world, {{"checks", {{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"name", "other"}}}}});
    Process process(world);
    process.start();
    world.drive([&] { return process.runs_ended == 1; });
    EXPECT_EQ(world.phases(), "base=Ready app=Verifying old=Pending ");
    EXPECT_EQ(world.status({"status", "stages"}).find("Deployment"), std::string::npos);
    world.api.put(
        {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "other"}, {"namespace", "t"}}}});
    world.clock.advance(std::chrono::seconds(2));
    world.drive([&] { return process.end.has_value(); });
    EXPECT_EQ(world.ready("status"), "True") << "though the Deployment is not ready";
}

TEST(ReconcilerWait, NamedObjectsGateWithoutTheDefaultWait) {
    World world;
    world.deployments_progress = false;
    set_checks(world, {{"disableWait", true},
                       {"timeout", "20s"},
                       {"checks", {{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"name", "other"}}}}});
    Process process(world);
    process.start();
    world.drive([&] { return process.runs_ended == 1; });
    world.clock.advance(std::chrono::seconds(20));
    world.drive([&] { return process.end.has_value(); });
    EXPECT_TRUE(world.ready("message").starts_with(
        "stage \"app\" verify: timed out waiting for ConfigMap/t/other: NotFound, does not exist"))
        << world.ready("message");
}

TEST(ReconcilerWait, WithoutTheDefaultWaitNothingIsAwaited) {
    World world;
    world.deployments_progress = false;
    set_checks(world, {{"disableWait", true}});
    Process process(world);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(process.runs_ended, 0U);
    EXPECT_EQ(world.ready("status"), "True");
}

TEST(ReconcilerWait, ExpressionsJudgeTheirKindWithEveryField) {
    World world;
    const Value expression = {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"current", "data.k == 'go'"}};
    set_checks(world, {{"disableWait", true}, {"exprs", model::Array{expression}}});
    Process process(world);
    process.start();
    world.drive([&] { return process.runs_ended == 1; });
    EXPECT_NE(world.status({"status", "stages"})
                  .find("waiting for ConfigMap/t/c: its expression current is not true yet: data.k == 'go'"),
              std::string::npos)
        << world.status({"status", "stages"});
    world.api.edit({kConfigMap, "t", "c"}, [](Value& object) { object.at("data").at("k") = "go"; });
    world.drive([&] { return process.end.has_value(); });
    EXPECT_EQ(world.ready("status"), "True") << world.ready("message");
}

TEST(ReconcilerWait, AMalformedExpressionOfAnyStageIsRefusedBeforeAnythingIsApplied) {
    World world;
    const Value expression = {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"failed", "data.k =="}};
    set_checks(world, {{"exprs", model::Array{expression}}});
    Process process(world);
    const auto end = process.run();
    ASSERT_TRUE(end);
    EXPECT_FALSE(end->requeue_after);
    EXPECT_EQ(world.ready("reason"), "InvalidSpec");
    EXPECT_TRUE(world.ready("message").starts_with(
        "stage \"app\": spec.stages[1].readyChecks.exprs[0].failed: line 1, column "))
        << world.ready("message");
    EXPECT_EQ(world.api.count("ConfigMap"), 0U);
}

}  // namespace
}  // namespace reconcile::testing
