// SPDX-License-Identifier: 0BSD
// What a wait looks at beside the applied objects' own status: pods, objects that users name, rules of users.
#include <gtest/gtest.h>

#include "engine/apply/testing/wait_fixture.hpp"

namespace apply::testing {
namespace {

Value workload(const std::string& kind) {
    return {{"apiVersion", "apps/v1"},
            {"kind", kind},
            {"metadata", {{"name", "web"}, {"namespace", "t"}, {"uid", "u1"}}},
            {"spec", {{"replicas", 1}, {"selector", {{"matchLabels", {{"app", "web"}}}}}}},
            {"status", {{"replicas", 1}}}};
}

Value pod(const std::string& reason, const std::string& phase) {
    const Value owner = {{"controller", true}, {"kind", "ReplicaSet"}, {"name", "web-5d8"}, {"uid", "u1"}};
    const Value waiting = {{"name", "app"},
                           {"state", {{"waiting", {{"reason", reason}, {"message", "no luck"}}}}}};
    return {
        {"apiVersion", "v1"},
        {"kind", "Pod"},
        {"metadata", {{"name", "web-5d8-x"}, {"namespace", "t"}, {"ownerReferences", model::Array{owner}}}},
        {"status", {{"phase", phase}, {"containerStatuses", model::Array{waiting}}}}};
}

Awaited named(std::string group, std::string kind, std::string name) {
    Awaited check = awaited(std::move(group), std::move(kind), std::move(name));
    check.resource_version.clear();
    check.applied = false;
    return check;
}

// Judges kind Thing, and ConfigMaps, by data.health; a rule of a user.
struct DataRules final : readiness::HealthRules {
    bool judges(std::string_view, std::string_view kind) const override {
        return kind == "Thing" || kind == "ConfigMap";
    }
    readiness::Verdict judge(const Value& object) const override {
        ++judged;
        const std::string health(model::find_string(object, {"data", "health"}));
        return {health == "good"  ? readiness::State::kCurrent
                : health == "bad" ? readiness::State::kFailed
                                  : readiness::State::kInProgress,
                "health is " + health};
    }
    mutable int judged = 0;
};

Value with_health(const std::string& health, const std::string& version) {
    return {{"metadata", {{"resourceVersion", version}}}, {"data", {{"health", health}}}};
}

TEST_F(WaitTest, WhatIsWrongWithItsPodsIsTold) {
    live.objects["web"] = workload("Deployment");
    live.found_pods = {pod("ImagePullBackOff", "Pending")};
    start({awaited("apps", "Deployment", "web")});
    EXPECT_TRUE(live.pod_lists.empty()) << "it may be ready in a moment";
    pass(std::chrono::seconds(5));
    EXPECT_EQ(live.pod_lists, std::vector<std::string>{"t app=web"});
    pass(std::chrono::seconds(5));
    ASSERT_EQ(reports.size(), 2U);
    EXPECT_EQ(
        reports[1],
        "Deployment/t/web: 0 of 1 replicas updated, pod web-5d8-x: container app: ImagePullBackOff: no luck");
    pass(kTimeout);
    ASSERT_EQ(code(), base::ErrorCode::kDeadlineExceeded) << "a Deployment's pods do not fail it";
    EXPECT_EQ(result->error().text(),
              "timed out waiting for Deployment/t/web: InProgress, 0 of 1 replicas updated, pod web-5d8-x: "
              "container "
              "app: ImagePullBackOff: no luck");
}

TEST_F(WaitTest, PodsAreLookedAtMoreAndMoreRarely) {
    live.objects["web"] = workload("Deployment");
    start({awaited("apps", "Deployment", "web")});
    for (int second = 0; second < 240; ++second) {
        pass(std::chrono::seconds(1));
    }
    EXPECT_EQ(live.pod_lists.size(), 5U) << "after 5, 15, 35, 75 and 155 seconds";
}

TEST_F(WaitTest, AWorkloadWithoutPodsIsNotAskedForThem) {
    live.objects["web"] = workload("Deployment");
    live.objects["web"].at("status").as_object()["replicas"] = 0;
    start({awaited("apps", "Deployment", "web")});
    pass(std::chrono::minutes(1));
    EXPECT_EQ(live.reads, 1);
    pass(kTimeout);
    EXPECT_EQ(code(), base::ErrorCode::kDeadlineExceeded);
    EXPECT_TRUE(live.pod_lists.empty());
}

TEST_F(WaitTest, AWaitLeavesItsPlaceToOthersWhenItEnds) {
    live.objects["web"] = workload("Deployment");
    start({awaited("apps", "Deployment", "web")});
    const auto others = [this] { return live.turns.period(base::Duration(1)) > base::Duration(1); };
    EXPECT_TRUE(others());
    handle.cancel();
    settle();
    EXPECT_FALSE(others());
}

TEST_F(WaitTest, AStatefulSetFailsWithItsCrashingPod) {
    live.objects["web"] = workload("StatefulSet");
    live.found_pods = {pod("CrashLoopBackOff", "Running")};
    start({awaited("apps", "StatefulSet", "web")});
    EXPECT_FALSE(result);
    pass(std::chrono::seconds(5));
    ASSERT_EQ(code(), base::ErrorCode::kInvalid);
    EXPECT_EQ(result->error().text(),
              "StatefulSet/t/web failed: pod web-5d8-x: container app: CrashLoopBackOff: no luck");
}

TEST_F(WaitTest, AFailureNamesThePodsToo) {
    live.objects["web"] = workload("Deployment");
    live.objects["web"].at("status").as_object()["conditions"] =
        model::Array{{{"type", "Progressing"}, {"status", "False"}, {"reason", "ProgressDeadlineExceeded"}}};
    live.found_pods = {pod("ErrImagePull", "Pending")};
    start({awaited("apps", "Deployment", "web")});
    ASSERT_EQ(code(), base::ErrorCode::kInvalid);
    EXPECT_EQ(
        result->error().text(),
        "Deployment/t/web failed: the rollout exceeded its progress deadline, pod web-5d8-x: container app: "
        "ErrImagePull: no luck");
}

TEST_F(WaitTest, PodsThatMayNotBeReadAreNoObstacle) {
    live.objects["web"] = workload("Deployment");
    live.pods_error = base::Error{base::ErrorCode::kForbidden, "user x cannot list pods"};
    start({awaited("apps", "Deployment", "web")});
    pass(std::chrono::seconds(10));
    ASSERT_EQ(reports.size(), 2U);
    EXPECT_EQ(reports[1],
              "Deployment/t/web: 0 of 1 replicas updated (their pods cannot be looked at: user x cannot list "
              "pods)");
    change(3);
    ASSERT_TRUE(result && *result);
}

TEST_F(WaitTest, WithoutAWatchItSaysWhichRightIsMissing) {
    live.watched = false;
    live.unwatched_because = "user x cannot watch deployments";
    live.objects["web"] = deployment(1);
    start({awaited("apps", "Deployment", "web")});
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(
        reports[0],
        "Deployment/t/web: 1 of 3 replicas available (read every few seconds, for changes cannot be watched: "
        "user x cannot watch deployments)");
    live.objects["web"] = deployment(3);
    pass(std::chrono::seconds(2));
    ASSERT_TRUE(result && *result);
}

TEST_F(WaitTest, ANamedObjectIsReadOnATimerNotWithEachChange) {
    live.objects["web"] = deployment(1);
    start({named("apps", "Deployment", "web")});
    EXPECT_EQ(live.locates, 1);
    EXPECT_EQ(live.requests.back().ref.gvk.version, "v2");
    EXPECT_FALSE(live.requests.back().managed);
    const int reads = live.reads;
    change(3);
    change(3);
    EXPECT_EQ(live.reads, reads);
    pass(std::chrono::seconds(2));
    ASSERT_TRUE(result && *result);
    EXPECT_EQ(live.locates, 1);
}

TEST_F(WaitTest, ReadsOnATimerGetRarer) {
    live.objects["web"] = claim("Pending");
    live.served.insert("PersistentVolumeClaim");
    start({named("", "PersistentVolumeClaim", "web")});
    for (int second = 0; second < 60; ++second) {
        pass(std::chrono::seconds(1));
    }
    EXPECT_GE(live.reads, 8);
    EXPECT_LE(live.reads, 10);
}

TEST_F(WaitTest, ANamedObjectMustExistWhateverItsKind) {
    live.served.insert("ConfigMap");
    start({named("", "ConfigMap", "later"), named("batch", "Job", "j")});
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0], "ConfigMap/t/later: does not exist; Job/t/j: does not exist");
    live.objects["later"] = {{"apiVersion", "v1"}, {"kind", "ConfigMap"}};
    live.objects["j"] = failed_job();
    live.objects["j"].at("status").as_object().clear();
    pass(std::chrono::seconds(2));
    EXPECT_FALSE(result) << "the Job runs";
    live.objects.erase("j");
    pass(std::chrono::seconds(3));
    ASSERT_TRUE(result && *result) << "a Job that was there and is gone is done";
}

TEST_F(WaitTest, AKindThatIsNotServedYetIsWaitedFor) {
    start({named("example.org", "Cluster", "c")});
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0], "Cluster/t/c: kind Cluster is not served");
    live.served.insert("Cluster");
    live.objects["c"] = {{"apiVersion", "example.org/v2"}, {"kind", "Cluster"}};
    pass(std::chrono::seconds(2));
    ASSERT_TRUE(result && *result);
    EXPECT_EQ(live.requests.back().ref.ns, "") << "its kind has none";
}

TEST_F(WaitTest, RulesOfAUserReplaceTheBuiltInOnes) {
    const auto rules = std::make_shared<const DataRules>();
    live.objects["map"] = with_health("unknown", "5");
    start({awaited("", "ConfigMap", "map"), awaited("", "Secret", "s")}, rules);
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0], "ConfigMap/t/map: health is unknown") << "the Secret is ready by existing";
    EXPECT_TRUE(live.requests.back().whole);
    live.objects["map"] = with_health("good", "6");
    changed.set();
    settle();
    ASSERT_TRUE(result && *result);
}

TEST_F(WaitTest, RulesAreAskedAgainOnlyWhenTheObjectChanged) {
    const auto rules = std::make_shared<const DataRules>();
    live.objects["x"] = with_health("unknown", "7");
    start({awaited("example.org", "Thing", "x")}, rules);
    changed.set();
    settle();
    EXPECT_EQ(rules->judged, 1);
    EXPECT_EQ(live.reads, 2);
    live.objects["x"] = with_health("bad", "8");
    changed.set();
    settle();
    ASSERT_EQ(code(), base::ErrorCode::kInvalid);
    EXPECT_EQ(result->error().text(), "Thing/t/x failed: health is bad");
}

}  // namespace
}  // namespace apply::testing
