// SPDX-License-Identifier: 0BSD
#include "rules/readiness/pods.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "model/yaml.hpp"

namespace readiness {
namespace {

const base::WallTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 6 / 15) + std::chrono::hours(9);

model::Value yaml(const std::string& text) { return model::parse_yaml_one(text, "test").value(); }

model::Value workload(const std::string& kind, const std::string& selector = "{matchLabels: {app: web}}") {
    return yaml(
        fmt::format("apiVersion: apps/v1\nkind: {}\nmetadata: {{name: web, uid: u1}}\nspec: {{selector: {}}}",
                    kind, selector));
}

const std::string kByReplicaSet = "{controller: true, kind: ReplicaSet, name: web-5d8, uid: r1}";
const std::string kByWorkload = "{controller: true, kind: X, name: web, uid: u1}";

model::Value pod(const std::string& owner, const std::string& status, const std::string& more = "") {
    return yaml(fmt::format(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: web-0, ownerReferences: [{}]{}}}\nstatus: {}", owner,
        more, status));
}

std::string container(const std::string& state) {
    return "{phase: Running, containerStatuses: [{name: app, " + state + "}]}";
}

const std::string kPullFails =
    "{phase: Pending, containerStatuses: [{name: app, state: {waiting: {reason: ImagePullBackOff, message: "
    "no such "
    "image}}}]}";
const std::string kCrashes = container("state: {waiting: {reason: CrashLoopBackOff, message: back-off 10s}}");
const std::string kHomeless =
    "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: 0/3 "
    "nodes}]}";

TEST(Pods, TroubleIsToldInTheContainersWords) {
    struct Case {
        std::string name;
        std::string status;
        std::string trouble;
    };
    const std::vector<Case> cases = {
        {"ImagePull", kPullFails, "container app: ImagePullBackOff: no such image"},
        {"ReasonAlone", container("state: {waiting: {reason: ErrImagePull}}"), "container app: ErrImagePull"},
        {"BadConfig",
         container("state: {waiting: {reason: CreateContainerConfigError, message: secret \"x\" not found}}"),
         "container app: CreateContainerConfigError: secret \"x\" not found"},
        {"CrashTellsHowTheLastRunEnded",
         container(
             "state: {waiting: {reason: CrashLoopBackOff, message: back-off 10s}}, lastState: {terminated: "
             "{exitCode: 137, reason: OOMKilled}}"),
         "container app: CrashLoopBackOff: its last run ended with exit code 137 (OOMKilled)"},
        {"CrashWithoutAPast", kCrashes, "container app: CrashLoopBackOff: back-off 10s"},
        {"BetweenTwoCrashes",
         container("state: {terminated: {exitCode: 1, reason: Error, message: no port}}"),
         "container app: ended with exit code 1 (Error): no port"},
        {"InitContainersComeFirst",
         "{phase: Pending, initContainerStatuses: [{name: setup, state: {waiting: {reason: "
         "ErrImageNeverPull}}}], "
         "containerStatuses: [{name: app, state: {waiting: {reason: PodInitializing}}}]}",
         "container setup: ErrImageNeverPull"},
        {"NoNode", kHomeless, "no node takes it: 0/3 nodes"},
        {"Evicted", "{phase: Failed, reason: Evicted, message: low on memory}",
         "failed: Evicted: low on memory"},
        {"StillCreating", container("state: {waiting: {reason: ContainerCreating}}"), ""},
        {"EndedWell", container("state: {terminated: {exitCode: 0, reason: Completed}}"), ""},
        {"RunsWithoutBeingReady", container("state: {running: {}}"), ""},
        {"Succeeded", "{phase: Succeeded}", ""},
        {"NoStatus", "{}", ""},
    };
    for (const Case& row : cases) {
        const std::vector<model::Value> pods = {pod(kByReplicaSet, row.status)};
        const PodsVerdict verdict = judge_pods(workload("Deployment"), pods, kNow);
        EXPECT_EQ(verdict.message, row.trouble.empty() ? "" : "pod web-0: " + row.trouble) << row.name;
        EXPECT_FALSE(verdict.failed) << row.name << ": a Deployment says itself when it gives up";
    }
}

TEST(Pods, LongMessagesAreCut) {
    const std::vector<model::Value> pods = {
        pod(kByReplicaSet,
            container("state: {waiting: {reason: ErrImagePull, message: " + std::string(5000, 'x') + "}}"))};
    EXPECT_LT(judge_pods(workload("Deployment"), pods, kNow).message.size(), 400U);
}

TEST(Pods, StatefulSetsAndReplicaSetsFailByThem) {
    struct Case {
        std::string name;
        std::string kind;
        std::string status;
        std::string more;
        bool failed;
    };
    const std::vector<Case> cases = {
        {"Crashing", "StatefulSet", kCrashes, "", true},
        {"CrashingReplicaSet", "ReplicaSet", kCrashes, "", true},
        {"ADaemonSetOnlyNamesIt", "DaemonSet", kCrashes, "", false},
        {"AJobOnlyNamesIt", "Job", kCrashes, "", false},
        {"ImagePullMayHeal", "StatefulSet", kPullFails, "", false},
        {"NoNodeMayHeal", "StatefulSet", kHomeless, ", creationTimestamp: '2026-06-15T08:00:00Z'", false},
        {"Leaving", "StatefulSet", kCrashes, ", deletionTimestamp: '2026-06-15T08:00:00Z'", false},
        {"Ended", "StatefulSet", "{phase: Failed}", "", false},
    };
    for (const Case& row : cases) {
        const std::vector<model::Value> pods = {pod(kByWorkload, container("state: {running: {}}")),
                                                pod(kByWorkload, row.status, row.more)};
        EXPECT_EQ(judge_pods(workload(row.kind), pods, kNow).failed, row.failed) << row.name;
    }
}

TEST(Pods, TheNewestIsNamedAndTheOthersCounted) {
    const std::vector<model::Value> pods = {
        pod(kByReplicaSet, kCrashes, ", creationTimestamp: '2026-06-15T08:00:00Z'"),
        pod(kByReplicaSet, kPullFails, ", creationTimestamp: '2026-06-15T08:30:00Z'"),
        pod(kByReplicaSet, kCrashes, ", creationTimestamp: '2026-06-15T08:10:00Z'")};
    EXPECT_EQ(judge_pods(workload("Deployment"), pods, kNow).message,
              "pod web-0: container app: ImagePullBackOff: no such image (and 2 more of its pods)");
}

TEST(Pods, ThoseOfOthersArePassedOver) {
    const std::vector<std::string> owners = {
        "", "{kind: ReplicaSet, name: web-5d8, uid: r1}",
        "{controller: true, kind: ReplicaSet, name: website-5d8, uid: r1}",
        "{controller: true, kind: StatefulSet, name: web-5d8, uid: u2}"};
    for (const std::string& owner : owners) {
        const std::vector<model::Value> pods = {pod(owner, kCrashes)};
        EXPECT_EQ(judge_pods(workload("Deployment"), pods, kNow).message, "") << owner;
        EXPECT_FALSE(judge_pods(workload("StatefulSet"), pods, kNow).failed) << owner;
    }
}

TEST(Pods, TheSelectorIsWrittenAsListsTakeIt) {
    struct Case {
        std::string selector;
        std::string text;
    };
    const std::vector<Case> cases = {
        {"{matchLabels: {app: web, tier: front}}", "app=web,tier=front"},
        {"{matchLabels: {app: web}, matchExpressions: [{key: a, operator: In, values: [v, w]}, {key: b, "
         "operator: "
         "NotIn, values: [z]}, {key: c, operator: Exists}, {key: d, operator: DoesNotExist}]}",
         "app=web,a in (v,w),b notin (z),c,!d"},
        {"{}", ""},
        {"none", ""},
    };
    for (const Case& row : cases) {
        EXPECT_EQ(pod_selector(workload("Deployment", row.selector)), row.text);
    }
}

TEST(Pods, BuiltInWorkloadsHaveThemByTheirOwnCount) {
    struct Case {
        std::string object;
        bool has_pods;
    };
    const std::vector<Case> cases = {
        {"apiVersion: apps/v1\nkind: Deployment\nstatus: {replicas: 1}", true},
        {"apiVersion: apps/v1\nkind: Deployment\nstatus: {replicas: 0}", false},
        {"apiVersion: apps/v1\nkind: Deployment", false},
        {"apiVersion: apps/v1\nkind: DaemonSet\nstatus: {currentNumberScheduled: 2}", true},
        {"apiVersion: batch/v1\nkind: Job\nstatus: {active: 1}", true},
        {"apiVersion: batch/v1\nkind: Job\nstatus: {failed: 1}", true},
        {"apiVersion: v1\nkind: Pod\nstatus: {replicas: 1}", false},
        {"apiVersion: x.io/v1\nkind: Deployment\nstatus: {replicas: 1}", false},
    };
    for (const Case& row : cases) {
        EXPECT_EQ(has_pods(yaml(row.object)), row.has_pods) << row.object;
    }
}

}  // namespace
}  // namespace readiness
