// SPDX-License-Identifier: 0BSD
// A deleted StageSet: in which order its objects go, what is told meanwhile, and when it is let go whatever is left.
#include <gtest/gtest.h>

#include "control/reconcile/testing/world.hpp"
#include "io/telemetry/families.hpp"

namespace reconcile::testing {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const base::Error kNoRight{base::ErrorCode::kForbidden,
                           "configmaps \"o\" is forbidden: User \"x\" cannot delete resource \"configmaps\""};
const base::Error kPolicy{base::ErrorCode::kForbidden,
                          "configmaps \"o\" is forbidden: ValidatingAdmissionPolicy 'p' denied request: no"};

// StageSet s, rolled out, with stages base (a, b), app (c, web) and old (o).
struct Deleting {
    Deleting() {
        EXPECT_TRUE(Process(world).run());
        process = std::make_unique<Process>(world);
    }
    ~Deleting() {
        if (!process->end) {
            handle.cancel();
        }
        base::testing::settle(world.loop);
        process.reset();
        user.cancel();
        base::testing::settle(world.loop);
    }
    void hold(const char* name) {
        world.api.edit({kConfigMap, "t", name}, [](Value& object) {
            object.at("metadata").as_object()["finalizers"] = model::Array{"example.org/hold"};
        });
    }
    void let_loose(const char* name) {
        world.api.edit({kConfigMap, "t", name},
                       [](Value& object) { object.at("metadata").as_object().erase("finalizers"); });
        base::testing::settle(world.loop);
    }
    void put_namespace(bool terminates) {
        Value ns = {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "t"}}}};
        if (terminates) {
            model::Object& metadata = ns.at("metadata").as_object();
            metadata["deletionTimestamp"] = "2025-06-15T15:00:00Z";
            metadata["finalizers"] = model::Array{"kubernetes"};
        }
        world.api.put(std::move(ns));
        ASSERT_EQ(world.api.count("Namespace"), 1U);
    }
    void delete_stageset() {
        user.spawn(world.api.remove({kSet}));
        base::testing::settle(world.loop);
        world.api.clear_log();
    }
    void start() {
        handle = process->start();
        base::testing::settle(world.loop);
    }
    void advance(base::Duration by) {
        world.clock.advance(by);
        base::testing::settle(world.loop);
    }
    bool is_deleting(const char* name) const {
        const Value* object = world.api.object("ConfigMap", "t", name);
        return object == nullptr || model::find(*object, {"metadata", "deletionTimestamp"}) != nullptr;
    }
    bool is_gone() const { return world.api.object("StageSet", "t", "s") == nullptr; }
    std::string event(std::string_view reason) const {
        for (const Value& event : world.api.objects("Event")) {
            if (model::find_string(event, {"reason"}) == reason) {
                return std::string(model::find_string(event, {"note"}));
            }
        }
        return "";
    }
    std::optional<double> abandoned() const {
        return process->metrics.value(telemetry::kTeardownAbandonedTotal,
                                      {{"namespace", "t"}, {"name", "s"}});
    }

    World world;
    std::unique_ptr<Process> process;
    base::TaskHandle handle;
    base::TaskGroup user{world.loop.get_executor()};
};

TEST(Teardown, WaitsForEachStageAndSaysForWhat) {
    Deleting test;
    test.hold("o");
    test.delete_stageset();
    test.start();
    EXPECT_TRUE(test.is_deleting("o"));
    EXPECT_FALSE(test.is_deleting("c")) << "the stage before it has to wait";
    EXPECT_EQ(test.process->places_taken(), 0U);
    EXPECT_EQ(test.world.api.requests_matching(on("patch", "StageSet")), 0U)
        << "most objects are gone at once";
    for (int i = 0; i < 4; ++i) {
        test.advance(seconds(1));
    }
    EXPECT_EQ(test.world.ready("reason"), "Terminating");
    EXPECT_EQ(test.world.ready("message"),
              "teardown: stage \"old\": 1 of 1 object(s) still terminate: ConfigMap/t/o (held by "
              "example.org/hold); then \"app\", \"base\"; what is left at 2025-06-15T16:06:40Z stays behind "
              "(runbook: https://stageset.projects.metio.wtf/runbooks/terminating/)");
    EXPECT_EQ(test.world.phases(), "base=Ready app=Ready old=Pruning ");
    EXPECT_EQ(test.world.api.requests_matching(on("patch", "StageSet")), 1U) << "the same is told once";
    EXPECT_EQ(test.world.api.requests_matching(on("delete", "ConfigMap")), 1U) << "and asked for once";
    EXPECT_EQ(test.event("RolloutInterrupted"), "") << "no rollout was under way";
    EXPECT_NE(test.event("Terminating"), "");

    test.let_loose("o");
    test.advance(seconds(5));
    EXPECT_TRUE(test.is_gone());
    EXPECT_EQ(changed_objects(test.world), "delete o; delete web; delete c; delete b; delete a; ");
    EXPECT_EQ(test.world.api.count("ConfigMap") + test.world.api.count("Deployment"), 0U);
    EXPECT_EQ(test.abandoned(), std::nullopt);
}

TEST(Teardown, IsTakenUpByAnotherProcess) {
    Deleting test;
    test.hold("o");
    test.delete_stageset();
    test.start();
    test.handle.cancel();
    base::testing::settle(test.world.loop);
    test.process = std::make_unique<Process>(test.world);
    test.start();
    EXPECT_FALSE(test.is_deleting("c"));
    test.let_loose("o");
    test.advance(seconds(1));
    EXPECT_TRUE(test.is_gone());
    EXPECT_EQ(test.world.api.count("ConfigMap"), 0U);
}

TEST(Teardown, OfARolloutThatWaitsIsToldOnce) {
    World world;
    world.deployments_progress = false;
    Process process(world);
    base::TaskHandle handle = process.start();
    world.drive([&] { return process.runs_ended == 1; });
    world.api.edit({kConfigMap, "t", "c"}, [](Value& object) {
        object.at("metadata").as_object()["finalizers"] = model::Array{"example.org/hold"};
    });
    base::TaskGroup user(world.loop.get_executor());
    user.spawn(world.api.remove({kSet}));
    base::testing::settle(world.loop);
    process.wake();
    base::testing::settle(world.loop);
    for (int i = 0; i < 4; ++i) {
        world.clock.advance(seconds(1));
        base::testing::settle(world.loop);
    }
    EXPECT_EQ(world.phases(), "base=Ready app=Pruning old=Pending ");
    std::size_t told = 0;
    for (const Value& event : world.api.objects("Event")) {
        told += model::find_string(event, {"reason"}) == "RolloutInterrupted" ? 1 : 0;
        EXPECT_EQ(model::find(event, {"series"}), nullptr);
    }
    EXPECT_EQ(told, 1U);
    handle.cancel();
    world.drive([&] { return process.end.has_value(); });
}

TEST(Teardown, WhatHangsKeepsTheStagesBeforeItForAWhileOnly) {
    Deleting test;
    test.hold("o");
    test.delete_stageset();
    test.start();
    for (int i = 0; i < 61; ++i) {
        test.advance(seconds(5));
    }
    EXPECT_TRUE(test.is_deleting("a"));
    EXPECT_EQ(test.world.api.count("ConfigMap"), 1U);
    EXPECT_FALSE(test.is_gone()) << "the finalizer stays while something of it is left";
    test.let_loose("o");
    test.advance(seconds(5));
    EXPECT_TRUE(test.is_gone());
}

TEST(Teardown, IsAbandonedWhenItTookTooLong) {
    Deleting test;
    test.hold("o");
    test.delete_stageset();
    test.start();
    test.advance(minutes(2));
    EXPECT_FALSE(test.is_gone());
    test.advance(minutes(59));
    EXPECT_TRUE(test.is_gone());
    EXPECT_EQ(test.world.api.count("ConfigMap"), 1U) << "all others were deleted before";
    EXPECT_EQ(test.event("TeardownAbandoned"),
              "--max-teardown-wait passed; left behind: stage \"old\": 1 of 1 object(s) still terminate: "
              "ConfigMap/t/o (held by example.org/hold)");
    EXPECT_EQ(test.abandoned(), 1.0);
}

TEST(Teardown, WithoutALimitItIsNeverAbandoned) {
    Deleting test;
    test.world.options.teardown_wait_max = {};
    test.process = std::make_unique<Process>(test.world);
    test.hold("o");
    test.delete_stageset();
    test.start();
    test.advance(std::chrono::hours(48));
    EXPECT_FALSE(test.is_gone());
    EXPECT_EQ(test.world.ready("message").find("stays behind"), std::string::npos)
        << test.world.ready("message");
}

TEST(Teardown, ARefusedDeletionIsToldAndTriedAgain) {
    Deleting test;
    test.world.api.fail_always(on("delete", "ConfigMap", "o"), kPolicy);
    test.delete_stageset();
    test.start();
    EXPECT_EQ(test.world.ready("reason"), "StageFailed");
    EXPECT_TRUE(test.world.ready("message").starts_with(
        "teardown: stage \"old\": 1 of 1 object(s) could not be deleted, first ConfigMap/t/o: "))
        << test.world.ready("message");
    EXPECT_EQ(test.world.phases(), "base=Ready app=Ready old=Failed ");
    EXPECT_FALSE(test.is_deleting("c"));
    test.world.api.clear_faults();
    test.advance(seconds(1));
    EXPECT_TRUE(test.is_gone());
    EXPECT_EQ(test.world.api.count("ConfigMap"), 0U);
}

TEST(Teardown, RightsThatWentWithTheNamespaceDoNotComeBack) {
    for (const bool terminates : {true, false}) {
        Deleting test;
        test.put_namespace(terminates);
        test.world.api.fail_always(on("delete", "ConfigMap", "o"), kNoRight);
        test.delete_stageset();
        test.start();
        EXPECT_EQ(test.is_gone(), terminates);
        EXPECT_EQ(test.is_deleting("a"), terminates) << "what can be deleted is deleted before";
        EXPECT_EQ(test.abandoned().value_or(0), terminates ? 1.0 : 0.0);
    }
}

TEST(Teardown, APolicyMayChangeWhateverBecomesOfTheNamespace) {
    Deleting test;
    test.put_namespace(true);
    test.world.api.fail_always(on("delete", "ConfigMap", "o"), kPolicy);
    test.delete_stageset();
    test.start();
    EXPECT_FALSE(test.is_gone());
}

TEST(Teardown, NeedsNoInventoryAnyMoreOnceItBegan) {
    Deleting test;
    test.hold("o");
    test.delete_stageset();
    test.start();
    erase_shards(test.world);
    test.let_loose("o");
    test.advance(seconds(1));
    EXPECT_TRUE(test.is_gone());
    EXPECT_EQ(test.world.api.count("ConfigMap") + test.world.api.count("Deployment"), 0U);
}

TEST(Teardown, FindsObjectsByTheirMarksWhereTheInventoryIsGone) {
    Deleting test;
    erase_shards(test.world);
    // As controllers copy labels: not ours to delete.
    Value copy = *test.world.api.object("ConfigMap", "t", "a");
    copy.at("metadata").as_object()["name"] = "copy";
    test.world.api.put(std::move(copy));
    test.delete_stageset();
    test.start();
    EXPECT_TRUE(test.is_gone());
    EXPECT_EQ(test.world.api.count("Deployment"), 0U);
    ASSERT_EQ(test.world.api.count("ConfigMap"), 1U);
    EXPECT_EQ(model::name_of(test.world.api.objects("ConfigMap").front()), "copy");
    EXPECT_TRUE(changed_objects(test.world).starts_with("delete o; ")) << "last stage first";
}

TEST(Teardown, AnInventoryThatCannotBeFoundAgainIsAFailureUntilTheTimeIsOver) {
    Deleting test;
    erase_shards(test.world);
    test.world.api.fail_always(on("list", "Secret"), {base::ErrorCode::kUnavailable, "no answer"});
    test.delete_stageset();
    test.start();
    ASSERT_TRUE(test.process->end && *test.process->end);
    EXPECT_TRUE((*test.process->end)->backoff);
    EXPECT_TRUE(test.world.ready("message").starts_with("teardown: ")) << test.world.ready("message");
    EXPECT_FALSE(test.is_gone());
    test.advance(minutes(61));
    test.start();
    EXPECT_TRUE(test.is_gone());
    EXPECT_EQ(test.abandoned(), 1.0);
}

}  // namespace
}  // namespace reconcile::testing
