// SPDX-License-Identifier: 0BSD
#include "rules/readiness/evaluate.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/yaml.hpp"

namespace readiness {
namespace {

const base::WallTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 6 / 15) + std::chrono::hours(9);

model::Value yaml(const std::string& text) { return model::parse_yaml_one(text, "test").value(); }

struct Case {
    std::string name;
    std::string object;  // YAML; its apiVersion and kind come first
    State state;
    std::string message;
};

void expect(const std::vector<Case>& cases) {
    for (const Case& row : cases) {
        const Verdict verdict = evaluate(yaml(row.object), kNow);
        EXPECT_EQ(to_string(verdict.state), to_string(row.state)) << row.name;
        EXPECT_EQ(verdict.message, row.message) << row.name;
    }
}

TEST(Readiness, GenericRulesComeBeforeThoseOfTheKind) {
    const std::string thing = "apiVersion: x.io/v1\nkind: Thing\n";
    expect({
        {"DeletionBeatsAll",
         thing + "metadata: {deletionTimestamp: '2026-01-01T00:00:00Z', generation: 2}\nstatus: "
                 "{observedGeneration: 1}",
         State::kTerminating, "the object is being deleted"},
        {"OlderGeneration", thing + "metadata: {generation: 2}\nstatus: {observedGeneration: 1}",
         State::kInProgress, "its controller has seen generation 1 of 2"},
        {"NewerGenerationIsOddTooAndWaits",
         thing + "metadata: {generation: 1}\nstatus: {observedGeneration: 2}", State::kInProgress,
         "its controller has seen generation 2 of 1"},
        {"Reconciling",
         thing + "status: {conditions: [{type: Reconciling, status: 'True', message: building}]}",
         State::kInProgress, "building"},
        {"Stalled", thing + "status: {conditions: [{type: Stalled, status: 'True', reason: NoQuota}]}",
         State::kFailed, "Stalled is True: NoQuota"},
        {"StalledUnknownSaysNothing", thing + "status: {conditions: [{type: Stalled, status: Unknown}]}",
         State::kCurrent, "the object exists"},
        {"NoStatus", thing, State::kCurrent, "the object exists"},
        {"ReadyTrue", thing + "status: {conditions: [{type: Ready, status: 'True'}]}", State::kCurrent,
         "the object is ready"},
        {"ReadyFalse", thing + "status: {conditions: [{type: Ready, status: 'False', message: no route}]}",
         State::kInProgress, "no route"},
        {"ReadyUnknownWithoutMessage", thing + "status: {conditions: [{type: Ready, status: Unknown}]}",
         State::kInProgress, "Ready is Unknown"},
        {"UnreadableGeneration", thing + "status: {observedGeneration: soon}", State::kUnknown,
         "status.observedGeneration is no number"},
        {"UnreadableConditions", thing + "status: {conditions: soon}", State::kUnknown,
         "status.conditions is no list"},
        {"UnreadableCondition", thing + "status: {conditions: [soon]}", State::kUnknown,
         "status.conditions holds something that is no condition"},
        {"ForeignGroupWithAKnownKind", "apiVersion: x.io/v1\nkind: Pod\nstatus: {phase: Pending}",
         State::kCurrent, "the object exists"},
    });
}

TEST(Readiness, Deployment) {
    const std::string head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {generation: 1}\n";
    const std::string done =
        "status: {observedGeneration: 1, replicas: 3, updatedReplicas: 3, availableReplicas: 3, "
        "readyReplicas: 3, "
        "conditions: [{type: Available, status: 'True'}, "
        "{type: Progressing, status: 'True', reason: NewReplicaSetAvailable}]}";
    const std::string counts = "status: {observedGeneration: 1, ";
    expect({
        {"Done", head + "spec: {replicas: 3, progressDeadlineSeconds: 600}\n" + done, State::kCurrent,
         "3 replicas available"},
        {"DeadlineExceeded",
         head + "spec: {replicas: 3}\n" + counts +
             "conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded}]}",
         State::kFailed, "the rollout exceeded its progress deadline"},
        {"NoStatusMeansOneWanted", head, State::kInProgress, "0 of 1 replicas created"},
        {"NotUpdated", head + "spec: {replicas: 3}\n" + counts + "replicas: 3, updatedReplicas: 1}",
         State::kInProgress, "1 of 3 replicas updated"},
        {"Surplus", head + "spec: {replicas: 3}\n" + counts + "replicas: 4, updatedReplicas: 3}",
         State::kInProgress, "1 surplus replicas still terminate"},
        {"NotAvailable",
         head + "spec: {replicas: 3}\n" + counts + "replicas: 3, updatedReplicas: 3, availableReplicas: 1}",
         State::kInProgress, "1 of 3 replicas available"},
        {"TellsTheLastProgress",
         head + "spec: {replicas: 3}\n" + counts +
             "replicas: 3, updatedReplicas: 3, availableReplicas: 1, conditions: [{type: Progressing, "
             "status: "
             "'True', reason: ReplicaSetUpdated, lastUpdateTime: '2026-06-15T08:59:00Z'}]}",
         State::kInProgress, "1 of 3 replicas available, last progress at 2026-06-15T08:59:00Z"},
        {"NotReady",
         head + "spec: {replicas: 3}\n" + counts +
             "replicas: 3, updatedReplicas: 3, availableReplicas: 3, readyReplicas: 2}",
         State::kInProgress, "2 of 3 replicas ready"},
        {"DeadlineSetButNotYetRolledOut",
         head + "spec: {replicas: 0, progressDeadlineSeconds: 600}\n" + counts +
             "conditions: [{type: Available, status: 'True'}]}",
         State::kInProgress, "the new replica set is not yet available"},
        {"AvailableConditionMissing", head + "spec: {replicas: 0}\nstatus: {observedGeneration: 1}",
         State::kInProgress, "not yet available for long enough"},
        {"ScaledToZero",
         head + "spec: {replicas: 0}\n" + counts + "conditions: [{type: Available, status: 'True'}]}",
         State::kCurrent, "0 replicas available"},
    });
}

TEST(Readiness, StatefulSet) {
    const std::string head = "apiVersion: apps/v1\nkind: StatefulSet\n";
    expect({
        {"OnDelete", head + "spec: {replicas: 3, updateStrategy: {type: OnDelete}}", State::kCurrent,
         "updated by hand (OnDelete)"},
        {"NotReady", head + "spec: {replicas: 2}\nstatus: {replicas: 2, readyReplicas: 1}",
         State::kInProgress, "1 of 2 replicas ready"},
        {"Surplus", head + "spec: {replicas: 1}\nstatus: {replicas: 2, readyReplicas: 2}", State::kInProgress,
         "1 surplus replicas still terminate"},
        {"PartitionReached",
         head + "spec: {replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}}\n"
                "status: {replicas: 3, readyReplicas: 3, updatedReplicas: 1}",
         State::kCurrent, "1 replicas updated up to the partition"},
        {"PartitionNotReached",
         head + "spec: {replicas: 3, updateStrategy: {rollingUpdate: {partition: 1}}}\n"
                "status: {replicas: 3, readyReplicas: 3, updatedReplicas: 1}",
         State::kInProgress, "1 of 2 replicas updated of those outside of the partition"},
        {"NotCurrent",
         head + "spec: {replicas: 2}\nstatus: {replicas: 2, readyReplicas: 2, currentReplicas: 1}",
         State::kInProgress, "1 of 2 replicas current"},
        {"OldRevision",
         head + "spec: {replicas: 1}\nstatus: {replicas: 1, readyReplicas: 1, currentReplicas: 1, "
                "currentRevision: a, updateRevision: b}",
         State::kInProgress, "waits for all replicas to run the new revision"},
        {"Done",
         head + "spec: {replicas: 1}\nstatus: {replicas: 1, readyReplicas: 1, currentReplicas: 1, "
                "currentRevision: b, updateRevision: b}",
         State::kCurrent, "1 replicas ready"},
    });
}

TEST(Readiness, DaemonSetAndReplicaSet) {
    const std::string daemon = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {generation: 1}\n";
    const std::string replica = "apiVersion: apps/v1\nkind: ReplicaSet\nspec: {replicas: 2}\n";
    const std::string seen = "status: {observedGeneration: 1";
    expect({
        {"DaemonSetUnseen", daemon, State::kInProgress, "not yet seen by its controller"},
        {"DaemonSetUncounted", daemon + seen + "}", State::kInProgress,
         "its controller has not yet counted the nodes"},
        {"DaemonSetNotUpdated",
         daemon + seen + ", desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 1}",
         State::kInProgress, "1 of 2 replicas updated"},
        {"DaemonSetDone",
         daemon + seen +
             ", desiredNumberScheduled: 1, currentNumberScheduled: 1, updatedNumberScheduled: 1, "
             "numberAvailable: 1, numberReady: 1}",
         State::kCurrent, "1 replicas ready"},
        {"DaemonSetWithoutNodes", daemon + seen + ", desiredNumberScheduled: 0}", State::kCurrent,
         "0 replicas ready"},
        {"ReplicaSetFailure", replica + "status: {conditions: [{type: ReplicaFailure, status: 'True'}]}",
         State::kInProgress, "its pods cannot be created"},
        {"ReplicaSetNotAvailable", replica + "status: {fullyLabeledReplicas: 2}", State::kInProgress,
         "0 of 2 replicas available"},
        {"ReplicaSetDone",
         replica + "status: {replicas: 2, fullyLabeledReplicas: 2, availableReplicas: 2, readyReplicas: 2}",
         State::kCurrent, "2 replicas available"},
    });
}

TEST(Readiness, Pod) {
    const std::string head = "apiVersion: v1\nkind: Pod\n";
    const std::string unschedulable =
        "status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: "
        "Unschedulable}]}";
    const std::string crash =
        "containerStatuses: [{name: web, state: {waiting: {reason: CrashLoopBackOff}}}, {name: ok, state: "
        "{running: {}}}]";
    expect({
        {"Succeeded", head + "status: {phase: Succeeded}", State::kCurrent, "the pod completed"},
        {"FailedIsOverToo", head + "status: {phase: Failed}", State::kCurrent,
         "the pod completed, but not successfully"},
        {"Ready", head + "status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}",
         State::kCurrent, "the pod is ready"},
        {"NotReady", head + "status: {phase: Running}", State::kInProgress, "the pod runs but is not ready"},
        {"Crashing", head + "status: {phase: Running, " + crash + "}", State::kFailed,
         "container crashes again and again: web"},
        {"CrashingWhileReadyIsReady",
         head + "status: {phase: Running, conditions: [{type: Ready, status: 'True'}], " + crash + "}",
         State::kCurrent, "the pod is ready"},
        {"CrashingInitContainersLeaveThePodPending", head + "status: {phase: Pending, " + crash + "}",
         State::kInProgress, "the pod is pending"},
        {"JustUnschedulable",
         head + "metadata: {creationTimestamp: '2026-06-15T08:59:50Z'}\n" + unschedulable, State::kInProgress,
         "no node takes the pod yet"},
        {"FifteenSecondsUnschedulable",
         head + "metadata: {creationTimestamp: '2026-06-15T08:59:45Z'}\n" + unschedulable, State::kFailed,
         "no node takes the pod"},
        {"Pending", head + "status: {phase: Pending}", State::kInProgress, "the pod is pending"},
        {"NoPhase", head, State::kInProgress, "the pod has no phase yet"},
        {"OddPhase", head + "status: {phase: Weird}", State::kUnknown, "the pod's phase is Weird"},
    });
}

TEST(Readiness, JobIsReadyOnlyWhenComplete) {
    const std::string head = "apiVersion: batch/v1\nkind: Job\n";
    expect({
        {"NotStarted", head, State::kInProgress, "the job has not started"},
        {"Suspended", head + "spec: {suspend: true}", State::kInProgress, "the job is suspended"},
        {"Running",
         head +
             "spec: {completions: 3}\nstatus: {startTime: '2026-01-01T00:00:00Z', active: 1, succeeded: 1}",
         State::kInProgress, "the job runs: 1 of 3 succeeded, 1 active, 0 failed"},
        {"Complete",
         head + "status: {succeeded: 1, conditions: [{type: SuccessCriteriaMet, status: 'True'}, "
                "{type: Complete, status: 'True'}]}",
         State::kCurrent, "the job completed (1 succeeded)"},
        {"Failed", head + "status: {conditions: [{type: Failed, status: 'True', message: too many retries}]}",
         State::kFailed, "the job failed: too many retries"},
        {"FailedFalse", head + "status: {conditions: [{type: Failed, status: 'False'}]}", State::kInProgress,
         "the job has not started"},
    });
}

TEST(Readiness, OtherKinds) {
    const std::string crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n";
    const std::string service = "apiVersion: v1\nkind: Service\n";
    const std::string claim = "apiVersion: v1\nkind: PersistentVolumeClaim\n";
    expect({
        {"CrdWithoutStatus", crd, State::kInProgress, "the definition is not established yet"},
        {"CrdInstalling",
         crd + "status: {conditions: [{type: Established, status: 'False', reason: Installing}]}",
         State::kInProgress, "the definition is not established yet"},
        {"CrdBroken",
         crd +
             "status: {conditions: [{type: Established, status: 'False', reason: Odd, message: name taken}]}",
         State::kFailed, "name taken"},
        {"CrdNamesRefused",
         crd + "status: {conditions: [{type: NamesAccepted, status: 'False', reason: PluralConflict}]}",
         State::kFailed, "NamesAccepted is False: PluralConflict"},
        {"CrdEstablished", crd + "status: {conditions: [{type: Established, status: 'True'}]}",
         State::kCurrent, "the definition is established"},
        {"ServiceAlways", service, State::kCurrent, "the service exists"},
        {"LoadBalancerWithoutAddress", service + "spec: {type: LoadBalancer}", State::kInProgress,
         "the load balancer has no cluster IP yet"},
        {"LoadBalancer", service + "spec: {type: LoadBalancer, clusterIP: 10.0.0.1}", State::kCurrent,
         "the service exists"},
        {"ClaimWithoutPhase", claim, State::kInProgress, "the claim is not bound"},
        {"ClaimLost", claim + "status: {phase: Lost}", State::kInProgress, "the claim is not bound: Lost"},
        {"ClaimBound", claim + "status: {phase: Bound}", State::kCurrent, "the claim is bound"},
        {"CronJob", "apiVersion: batch/v1\nkind: CronJob\n", State::kCurrent, "the object exists"},
        {"BudgetNotSeen",
         "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {generation: 2}\n"
         "status: {observedGeneration: 1}",
         State::kInProgress, "its controller has seen generation 1 of 2"},
    });
}

TEST(Readiness, KindsThatAreAlwaysCurrentNeedNoRead) {
    EXPECT_TRUE(always_current("", "ConfigMap"));
    EXPECT_TRUE(always_current("", "Secret"));
    EXPECT_TRUE(always_current("rbac.authorization.k8s.io", "RoleBinding"));
    EXPECT_TRUE(always_current("storage.k8s.io", "StorageClass"));
    EXPECT_FALSE(always_current("", "Namespace")) << "it may be terminating";
    EXPECT_FALSE(always_current("policy", "PodDisruptionBudget")) << "it has an observed generation";
    EXPECT_FALSE(always_current("x.io", "Secret")) << "somebody else's kind";
}

}  // namespace
}  // namespace readiness
