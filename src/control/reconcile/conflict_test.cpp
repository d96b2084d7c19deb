// SPDX-License-Identifier: 0BSD
// Whole runs of stages whose objects cannot be changed in place, or belong to others.
#include <gtest/gtest.h>

#include "control/reconcile/testing/world.hpp"

namespace reconcile::testing {
namespace {

void set_stages(World& world, Value list) {
    world.api.edit(kSet, [&list](Value& set) { model::ensure_object(set, {"spec"})["stages"] = list; });
}

Value with_policy(const char* name, Value policy) {
    Value result = stage(name);
    result.as_object()["conflictPolicy"] = std::move(policy);
    return result;
}

std::string message_of(const World& world, std::size_t index) {
    const auto* list = model::find_array(*world.api.object("StageSet", "t", "s"), {"status", "stages"});
    return std::string(model::find_string(list->at(index), {"message"}));
}

std::string notes_of(const World& world, const std::string& reason) {
    std::string text;
    for (const Value& event : world.api.objects("Event")) {
        if (model::find_string(event, {"reason"}) == reason) {
            text += std::string(model::find_string(event, {"note"})) + "\n";
        }
    }
    return text;
}

TEST(Conflicts, AnUnguardedRuleFailsTheStageBeforeAnythingIsWritten) {
    World world;
    world.fetcher.trees["http://a/r1"].files["base/claim.yaml"] =
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: t}, spec: {}}\n";
    set_stages(world, model::Array{with_policy(
                          "base", {{"rules", {{{"target", model::Object()}, {"action", "Recreate"}}}}})});
    ASSERT_TRUE(Process(world).run());
    EXPECT_TRUE(
        world.ready("message").starts_with("stage \"base\" conflict policy: conflictPolicy.rules[0] would "
                                           "recreate PersistentVolumeClaim/t/data"))
        << world.ready("message");
    EXPECT_EQ(world.api.requests_matching(on("apply")), 0U);
}

TEST(Conflicts, WhatIsKeptAndNotOursIsAwaitedByRequests) {
    World world;
    Value foreign = {{"apiVersion", "apps/v1"},
                     {"kind", "Deployment"},
                     {"metadata", {{"name", "web"}, {"namespace", "t"}}},
                     {"spec", {{"replicas", 1}}}};
    world.api.put(foreign);
    set_stages(world, model::Array{with_policy("app", {{"default", "KeepExisting"}})});
    ASSERT_TRUE(Process(world).run());
    EXPECT_EQ(world.ready("status"), "True") << world.ready("message");
    EXPECT_FALSE(model::label_of(*world.api.object("Deployment", "t", "web"), model::kOwnerNameLabel));
    EXPECT_NE(world.api.object("ConfigMap", "t", "c"), nullptr);
}

TEST(Conflicts, WhoTakesAnObjectFromALivingStageSetSaysSoOnce) {
    World world;
    world.api.put({{"apiVersion", "stages.metio.wtf/v1"},
                   {"kind", "StageSet"},
                   {"metadata", {{"name", "other"}, {"namespace", "t"}}},
                   {"spec", {{"suspend", true}, {"stages", stages({"base"})}}}});
    const auto take = [&world](const std::string& owner) {
        world.api.put(
            {{"apiVersion", "v1"},
             {"kind", "ConfigMap"},
             {"metadata",
              {{"name", "a"},
               {"namespace", "t"},
               {"labels", {{"stages.metio.wtf/name", owner}, {"stages.metio.wtf/namespace", "t"}}}}},
             {"data", {{"k", "theirs"}}}});
    };
    set_stages(world, stages({"base"}));
    Process process(world);
    take("gone");
    ASSERT_TRUE(process.run());
    EXPECT_EQ(message_of(world, 0), "") << "who is gone quarrels no more";
    for (int pass = 0; pass < 2; ++pass) {
        take("other");
        ASSERT_TRUE(process.run());
        EXPECT_TRUE(message_of(world, 0).starts_with("took over ConfigMap/t/a of StageSet t/other")) << pass;
    }
    base::testing::settle(world.loop);
    const std::string told = notes_of(world, "ObjectTakenOver");
    EXPECT_NE(told.find("ConfigMap/t/a of StageSet t/other"), std::string::npos) << told;
    EXPECT_EQ(std::ranges::count(told, '\n'), 1) << told;
    ASSERT_TRUE(process.run());
    EXPECT_EQ(message_of(world, 0), "");
}

}  // namespace
}  // namespace reconcile::testing
