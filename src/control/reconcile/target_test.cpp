// SPDX-License-Identifier: 0BSD
// Runs whose target cannot be connected to, or not any more.
#include <gtest/gtest.h>

#include "control/reconcile/testing/world.hpp"
#include "io/telemetry/families.hpp"

namespace reconcile::testing {
namespace {

const base::Error kNoAccount{base::ErrorCode::kNotFound, "ServiceAccount t/deployer does not exist"};
const base::Error kDown{base::ErrorCode::kUnavailable, "https://other:6443 refuses connections"};

void put_namespace(World& world, bool terminates) {
    Value ns = {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "t"}}}};
    if (terminates) {
        model::Object& metadata = ns.at("metadata").as_object();
        metadata["deletionTimestamp"] = "2025-06-15T15:00:00Z";
        metadata["finalizers"] = model::Array{"kubernetes"};
    }
    if (world.api.count("Namespace") > 0) {
        world.api.erase({{"", "v1", "Namespace"}, "", "t"});
    }
    world.api.put(std::move(ns));
}

void delete_stageset(World& world) {
    base::TaskGroup user(world.loop.get_executor());
    user.spawn(world.api.remove({kSet}));
    base::testing::settle(world.loop);
}

TEST(ReconcilerTarget, ATargetThatCannotBeConnectedToFailsTheFirstStage) {
    World world;
    world.no_target = kNoAccount;
    Process process(world);
    const auto end = process.run();
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->requeue_after.has_value());
    EXPECT_EQ(world.ready("reason"), "StageFailed");
    EXPECT_NE(world.ready("message").find(
                  "stage \"base\" connect to target cluster: ServiceAccount t/deployer does not exist"),
              std::string::npos)
        << world.ready("message");
    EXPECT_EQ(world.phases(), "base=Failed app=Pending old=Pending ");
    EXPECT_EQ(world.api.count("ConfigMap"), 0U);
    world.no_target.reset();
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.ready("status"), "True");
}

TEST(ReconcilerTarget, ARolloutThatWaitsKeepsItsTargetWhenItCannotConnectAnew) {
    World world;
    world.deployments_progress = false;
    Process process(world);
    const base::TaskHandle handle = process.start();
    world.drive([&] { return process.runs_ended == 1; });
    ASSERT_EQ(world.connects.size(), 1U);
    process.wake();
    world.drive([&] { return process.runs_ended == 2; });
    EXPECT_EQ(world.connects.size(), 1U) << "each look connects";
    world.clock.advance(std::chrono::seconds(31));
    world.no_target = kDown;
    world.deployments_progress = true;
    world.roll_deployments();
    process.wake();
    world.drive([&] { return process.end.has_value(); });
    EXPECT_EQ(world.connects.size(), 2U);
    EXPECT_EQ(world.ready("status"), "True") << world.ready("message");
}

void set_spec(World& world, const char* field, Value value) {
    world.api.edit(kSet, [&](Value& set) { set.at("spec").as_object()[field] = std::move(value); });
}

TEST(ReconcilerTarget, IsWhatTheSpecSays) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.connects.back().service_account, "");
    EXPECT_FALSE(world.connects.back().kube_config);
    set_spec(world, "kubeConfig", {{"secretRef", {{"name", "prod"}, {"key", "config"}}}});
    base::testing::settle(world.loop);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.connects.back().kube_config, (model::SecretKeyReference{"prod", "config"}));
    EXPECT_EQ(world.connects.back().impersonated, "");
    set_spec(world, "serviceAccountName", "deployer");
    base::testing::settle(world.loop);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.connects.back().service_account, "deployer");
    EXPECT_EQ(world.connects.back().impersonated, "system:serviceaccount:t:deployer");
}

TEST(ReconcilerTarget, ADefaultAccountCountsOnThisClusterAlone) {
    World world;
    world.options.default_service_account = "deployer";
    world.options.service_account_required = true;
    set_spec(world, "kubeConfig", {{"secretRef", {{"name", "prod"}}}});
    Process process(world);
    ASSERT_TRUE(process.run());
    ASSERT_EQ(world.connects.size(), 1U);
    EXPECT_EQ(world.connects.back().owner, (apply::Owner{"t", "s"}));
    EXPECT_EQ(world.connects.back().service_account, "deployer");
    EXPECT_EQ(world.connects.back().impersonated, "");
}

TEST(ReconcilerTarget, AnAccountCanBeRequired) {
    World world;
    world.options.service_account_required = true;
    Process process(world);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.ready("reason"), "InvalidSpec");
    EXPECT_TRUE(world.connects.empty());
    set_spec(world, "serviceAccountName", "deployer");
    base::testing::settle(world.loop);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.ready("status"), "True");
}

TEST(ReconcilerTarget, AKubeconfigInAConfigMapIsRefused) {
    World world;
    set_spec(world, "kubeConfig", {{"configMapRef", {{"name", "prod"}}}});
    Process process(world);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.ready("reason"), "InvalidSpec");
    EXPECT_TRUE(world.connects.empty());
}

struct Deleting {
    Deleting() {
        EXPECT_TRUE(Process(world).run());
        delete_stageset(world);
    }
    bool is_gone() const { return world.api.object("StageSet", "t", "s") == nullptr; }
    World world;
};

TEST(ReconcilerTarget, AStageSetWhoseClusterIsDownIsKept) {
    Deleting deleting;
    put_namespace(deleting.world, true);
    deleting.world.no_target = kDown;
    Process process(deleting.world);
    const auto end = process.run();
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->backoff);
    EXPECT_FALSE(deleting.is_gone());
    EXPECT_NE(deleting.world.ready("message").find("teardown: connect to target cluster: https://other"),
              std::string::npos)
        << deleting.world.ready("message");
}

TEST(ReconcilerTarget, AMissingAccountKeepsTheStageSetAsLongAsItMayComeBack) {
    Deleting deleting;
    put_namespace(deleting.world, false);
    deleting.world.no_target = kNoAccount;
    Process process(deleting.world);
    ASSERT_TRUE(process.run());
    EXPECT_FALSE(deleting.is_gone());
    put_namespace(deleting.world, true);
    ASSERT_TRUE(process.run());
    EXPECT_TRUE(deleting.is_gone());
    EXPECT_GT(process.metrics.value(telemetry::kTeardownAbandonedTotal, {{"namespace", "t"}, {"name", "s"}}),
              0);
}

TEST(ReconcilerTarget, WhatOwnsNothingNeedsNoTargetToGo) {
    World world;
    world.no_target = kNoAccount;
    Process process(world);
    ASSERT_TRUE(process.run());
    delete_stageset(world);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.api.object("StageSet", "t", "s"), nullptr);
    EXPECT_FALSE(
        process.metrics.value(telemetry::kTeardownAbandonedTotal, {{"namespace", "t"}, {"name", "s"}}));
}

TEST(ReconcilerTarget, AClusterThatStaysDownIsGivenUpAfterTheTeardownsTime) {
    Deleting deleting;
    deleting.world.no_target = kDown;
    Process process(deleting.world);
    deleting.world.clock.advance(deleting.world.options.teardown_wait_max + std::chrono::seconds(1));
    ASSERT_TRUE(process.run());
    EXPECT_TRUE(deleting.is_gone());
}

TEST(ReconcilerTarget, TheTargetOfAStageSetThatIsGoneIsForgotten) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    EXPECT_TRUE(world.forgotten.empty());
    world.api.erase(kSet);
    base::testing::settle(world.loop);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.forgotten, (std::vector<apply::Owner>{{"t", "s"}}));
}

}  // namespace
}  // namespace reconcile::testing
