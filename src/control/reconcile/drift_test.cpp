// SPDX-License-Identifier: 0BSD
// What a pass over an unchanged StageSet costs, and how changes behind our back are healed.
#include <gtest/gtest.h>

#include "control/reconcile/testing/world.hpp"
#include "io/telemetry/families.hpp"

namespace reconcile::testing {
namespace {

const kube::ObjectRef kB{kConfigMap, "t", "b"};

void change_b(World& world, const char* text = "mine") {
    world.api.edit(kB, [text](Value& object) { object.at("data").at("k") = text; });
    base::testing::settle(world.loop);
}

// All but what keeps caches filled.
std::string requests(const World& world) {
    std::string text;
    for (const Request& request : world.api.requests()) {
        if (request.verb != "watch") {
            text += request.text() + "; ";
        }
    }
    return text;
}

double drift_counted(const Process& process) {
    return process.metrics
        .value(telemetry::kDriftCorrectedTotal, {{"namespace", "t"}, {"name", "s"}, {"stage", "base"}})
        .value_or(0);
}

base::Error forbidden() {
    return kube::testing::server_error(base::ErrorCode::kForbidden, 403, "Forbidden", "no");
}

TEST(Drift, AnUnchangedStageSetCostsNoRequest) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    base::testing::settle(world.loop);
    world.api.clear_log();
    const auto end = process.run();
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->requeue_after);
    EXPECT_EQ(requests(world), "");
}

TEST(Drift, WhatAnExpressionFoundReadyIsReadAgainOnlyWhenItChanges) {
    World world;
    world.api.edit(kSet, [](Value& set) {
        const Value expression = {
            {"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"current", "data.k != 'bad'"}};
        set.at("spec").at("stages").at(0).as_object()["readyChecks"] = {{"exprs", model::Array{expression}}};
    });
    Process process(world);
    ASSERT_TRUE(process.run());
    base::testing::settle(world.loop);
    for (int pass = 0; pass < 2; ++pass) {
        world.api.clear_log();
        ASSERT_TRUE(process.run());
        EXPECT_EQ(requests(world), "");
    }
    world.api.edit(kB, [](Value& object) { object.at("data").as_object()["theirs"] = "x"; });
    base::testing::settle(world.loop);
    world.api.clear_log();
    ASSERT_TRUE(process.run());
    EXPECT_EQ(requests(world), "apply ConfigMap t/b dry-run; get ConfigMap t/b; get ConfigMap t/b; ");
}

TEST(Drift, ContentsOfSecretsAreNeverWatched) {
    World world;
    world.fetcher.trees["http://a/r1"].files["base/s.yaml"] =
        "{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: t}, stringData: {k: v}}\n";
    Process process(world);
    ASSERT_TRUE(process.run());
    base::testing::settle(world.loop);
    std::size_t watches = 0;
    for (const Request& request : world.api.requests()) {
        if ((request.verb == "watch" || request.verb == "list") && request.gvk.kind == "Secret") {
            ++watches;
            EXPECT_TRUE(request.metadata_only) << request.text();
        }
    }
    EXPECT_GE(watches, 1U);
}

TEST(Drift, AChangedObjectWakesItsStageSetAndIsTheOnlyOneAskedFor) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    base::testing::settle(world.loop);
    process.woken_in.clear();
    world.api.clear_log();
    change_b(world);
    ASSERT_EQ(process.woken_in.size(), 1U);
    EXPECT_LE(process.woken_in.front(), std::chrono::seconds(1));
    ASSERT_TRUE(process.run());
    EXPECT_EQ(requests(world),
              "apply ConfigMap t/b dry-run; get ConfigMap t/b; apply ConfigMap t/b; create Event t/" +
                  std::string(model::name_of(world.api.objects("Event").back())) + "; ");
    EXPECT_EQ(world.api.object("ConfigMap", "t", "b")->at("data").at("k"), "1");
    EXPECT_EQ(drift_counted(process), 1);
    base::testing::settle(world.loop);
    world.api.clear_log();
    ASSERT_TRUE(process.run());
    EXPECT_EQ(requests(world), "") << "what was healed is known as it is";
}

TEST(Drift, ADeletedObjectIsMadeAgain) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    base::testing::settle(world.loop);
    world.api.clear_log();
    world.api.erase(kB);
    base::testing::settle(world.loop);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(changed_objects(world), "apply b; ");
    EXPECT_EQ(drift_counted(process), 1);
}

TEST(Drift, AFieldThatIsNotOursIsLookedAtOnceAndLeftAlone) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    base::testing::settle(world.loop);
    world.api.clear_log();
    world.api.edit(kB, [](Value& object) { object.at("data").as_object()["theirs"] = "x"; });
    base::testing::settle(world.loop);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(requests(world), "apply ConfigMap t/b dry-run; get ConfigMap t/b; ");
    world.api.clear_log();
    ASSERT_TRUE(process.run());
    EXPECT_EQ(requests(world), "");
    EXPECT_EQ(drift_counted(process), 0);
}

TEST(Drift, OurOwnWritesWakeNobody) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    base::testing::settle(world.loop);
    process.woken_in.clear();
    world.update_to_r2();
    base::testing::settle(world.loop);
    ASSERT_TRUE(process.run());
    base::testing::settle(world.loop);
    EXPECT_TRUE(process.woken_in.empty());
}

TEST(Drift, AChangeWhileTheRolloutIsUnderWayIsSeenAtItsEnd) {
    World world;
    bool changed = false;
    world.hook = [&](const Request& request) {
        // The second stage is at work: the first one is done.
        if (!changed && request.verb == "apply" && request.name == "web" && !request.dry_run) {
            changed = true;
            world.api.edit(kB, [](Value& object) { object.at("data").at("k") = "mine"; });
        }
    };
    Process process(world);
    const auto end = process.run();
    ASSERT_TRUE(end);
    ASSERT_TRUE(changed);
    ASSERT_TRUE(end->requeue_after);
    EXPECT_LE(*end->requeue_after, std::chrono::seconds(2));
}

TEST(Drift, AnotherInputIsNoDrift) {
    World world;
    world.fetcher.trees["http://a/r1"].files["base/b.yaml"] = config_map("b", "${v}");
    world.api.put({{"apiVersion", "v1"},
                   {"kind", "ConfigMap"},
                   {"metadata", {{"name", "vars"}, {"namespace", "t"}}},
                   {"data", {{"v", "one"}}}});
    world.api.edit(kSet, [](Value& set) {
        const Value from = {{{"kind", "ConfigMap"}, {"name", "vars"}}};
        set.at("spec").at("stages").at(0).as_object()["postBuild"] = {{"substituteFrom", from}};
    });
    Process process(world);
    ASSERT_TRUE(process.run());
    world.api.edit({kConfigMap, "t", "vars"}, [](Value& object) { object.at("data").at("v") = "two"; });
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.api.object("ConfigMap", "t", "b")->at("data").at("k"), "two");
    EXPECT_EQ(drift_counted(process), 0);
}

TEST(Drift, WithoutARightToWatchOneListOfEachKindTells) {
    World world;
    world.api.fail_always(on("watch", "ConfigMap"), forbidden());
    world.api.fail_always(
        [](const Request& request) {
            return request.verb == "list" && request.gvk.kind == "ConfigMap" && request.ns.empty();
        },
        forbidden());
    Process process(world);
    ASSERT_TRUE(process.run());
    base::testing::settle(world.loop);
    world.api.clear_log();
    ASSERT_TRUE(process.run());
    EXPECT_EQ(requests(world), "list ConfigMap t; list ConfigMap t; list ConfigMap t; ") << "one a stage";
    world.api.clear_log();
    change_b(world);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(changed_objects(world), "apply b; ");
    EXPECT_EQ(drift_counted(process), 1);
}

TEST(Drift, WithoutARightToListEitherAllIsAskedFor) {
    World world;
    world.api.fail_always(on("watch", "ConfigMap"), forbidden());
    world.api.fail_always(on("list", "ConfigMap"), forbidden());
    Process process(world);
    ASSERT_TRUE(process.run());
    world.api.clear_log();
    change_b(world);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.api.requests_matching(
                  [](const Request& request) { return request.verb == "apply" && request.dry_run; }),
              4U)
        << "all ConfigMaps";
    EXPECT_EQ(changed_objects(world), "apply b; ");
}

TEST(Drift, AfterARestartEverythingIsVerifiedOnce) {
    World world;
    {
        Process process(world);
        ASSERT_TRUE(process.run());
    }
    change_b(world);
    world.api.clear_log();
    Process process(world);
    ASSERT_TRUE(process.run());
    EXPECT_EQ(world.api.requests_matching(
                  [](const Request& request) { return request.verb == "apply" && request.dry_run; }),
              5U);
    EXPECT_EQ(changed_objects(world), "apply b; ");
    EXPECT_EQ(drift_counted(process), 1);
    base::testing::settle(world.loop);
    world.api.clear_log();
    ASSERT_TRUE(process.run());
    EXPECT_EQ(requests(world), "");
}

TEST(Drift, WhatIsTornDownIsNotHealed) {
    World world;
    Process process(world);
    ASSERT_TRUE(process.run());
    base::testing::settle(world.loop);
    world.api.clear_log();
    base::TaskGroup user(world.loop.get_executor());
    user.spawn(world.api.remove({kSet}));
    base::testing::settle(world.loop);
    ASSERT_TRUE(process.run());
    base::testing::settle(world.loop);
    EXPECT_EQ(world.api.count("ConfigMap"), 0U);
    EXPECT_EQ(world.api.requests_matching(on("apply")), 0U);
    EXPECT_EQ(drift_counted(process), 0);
}

}  // namespace
}  // namespace reconcile::testing
