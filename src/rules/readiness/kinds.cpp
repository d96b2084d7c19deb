// SPDX-License-Identifier: 0BSD
#include "rules/readiness/kinds.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

namespace readiness {

namespace {

using model::Value;

// A pod may stay without a node for so long before that counts as a failure: autoscalers need a moment.
constexpr std::chrono::seconds kScheduleWindow(15);

Verdict current(std::string message) { return {State::kCurrent, std::move(message)}; }
Verdict in_progress(std::string message) { return {State::kInProgress, std::move(message)}; }
Verdict failed(std::string message) { return {State::kFailed, std::move(message)}; }

std::int64_t status_count(const Value& object, std::string_view field) {
    return model::find_integer(object, {"status", field}).value_or(0);
}

std::int64_t wanted_replicas(const Value& object) {
    return model::find_integer(object, {"spec", "replicas"}).value_or(1);
}

// "1 of 3 replicas available", when the count has not reached what is wanted.
std::optional<Verdict> too_few(std::int64_t count, std::int64_t wanted, std::string_view what) {
    if (count >= wanted) {
        return std::nullopt;
    }
    return in_progress(fmt::format("{} of {} replicas {}", count, wanted, what));
}

std::optional<Verdict> surplus(std::int64_t count, std::int64_t wanted) {
    if (count <= wanted) {
        return std::nullopt;
    }
    return in_progress(fmt::format("{} surplus replicas still terminate", count - wanted));
}

// The first verdict that says something.
std::optional<Verdict> first_of(std::initializer_list<std::optional<Verdict>> verdicts) {
    for (const std::optional<Verdict>& verdict : verdicts) {
        if (verdict) {
            return verdict;
        }
    }
    return std::nullopt;
}

// "1 of 3 replicas available, last progress at 2026-06-15T09:00:00Z": a rollout that is stuck shows by its age.
Verdict with_last_progress(Verdict verdict, const Value* progressing) {
    const std::string_view at =
        progressing == nullptr ? std::string_view() : model::find_string(*progressing, {"lastUpdateTime"});
    if (!at.empty()) {
        verdict.message += fmt::format(", last progress at {}", at);
    }
    return verdict;
}

Verdict deployment(const Value& object, base::WallTime) {
    const Value* progressing = model::find_condition(object, "Progressing");
    if (progressing != nullptr &&
        model::find_string(*progressing, {"reason"}) == "ProgressDeadlineExceeded") {
        return failed("the rollout exceeded its progress deadline");
    }
    const std::int64_t wanted = wanted_replicas(object);
    const std::int64_t updated = status_count(object, "updatedReplicas");
    const std::int64_t total = status_count(object, "replicas");
    const auto verdict = first_of({
        too_few(total, wanted, "created"),
        too_few(updated, wanted, "updated"),
        surplus(total, wanted),
        too_few(status_count(object, "availableReplicas"), updated, "available"),
        too_few(status_count(object, "readyReplicas"), wanted, "ready"),
    });
    if (verdict) {
        return with_last_progress(*verdict, progressing);
    }
    // The API server fills the deadline in; without one the controller reports no progress to wait for.
    constexpr std::int64_t kNoDeadline = 2147483647;
    const bool has_deadline =
        model::find_integer(object, {"spec", "progressDeadlineSeconds"}).value_or(kNoDeadline) != kNoDeadline;
    const bool rolled_out = progressing != nullptr &&
                            model::find_string(*progressing, {"status"}) == "True" &&
                            model::find_string(*progressing, {"reason"}) == "NewReplicaSetAvailable";
    if (has_deadline && !rolled_out) {
        return in_progress("the new replica set is not yet available");
    }
    if (!condition_is(object, "Available", "True")) {
        return in_progress("not yet available for long enough");
    }
    return current(fmt::format("{} replicas available", wanted));
}

Verdict stateful_set(const Value& object, base::WallTime) {
    if (model::find_string(object, {"spec", "updateStrategy", "type"}) == "OnDelete") {
        return current("updated by hand (OnDelete)");
    }
    const std::int64_t wanted = wanted_replicas(object);
    const std::int64_t updated = status_count(object, "updatedReplicas");
    const std::int64_t total = status_count(object, "replicas");
    const auto verdict = first_of({
        too_few(total, wanted, "created"),
        too_few(status_count(object, "readyReplicas"), wanted, "ready"),
        surplus(total, wanted),
    });
    if (verdict) {
        return *verdict;
    }
    const auto partition =
        model::find_integer(object, {"spec", "updateStrategy", "rollingUpdate", "partition"});
    if (partition && *partition != -1) {
        return too_few(updated, wanted - *partition, "updated of those outside of the partition")
            .value_or(current(fmt::format("{} replicas updated up to the partition", updated)));
    }
    if (const auto few = too_few(status_count(object, "currentReplicas"), wanted, "current")) {
        return *few;
    }
    if (model::find_string(object, {"status", "currentRevision"}) !=
        model::find_string(object, {"status", "updateRevision"})) {
        return in_progress("waits for all replicas to run the new revision");
    }
    return current(fmt::format("{} replicas ready", wanted));
}

Verdict daemon_set(const Value& object, base::WallTime) {
    if (!model::find_integer(object, {"metadata", "generation"}) ||
        !model::find_integer(object, {"status", "observedGeneration"})) {
        return in_progress("not yet seen by its controller");
    }
    const auto desired = model::find_integer(object, {"status", "desiredNumberScheduled"});
    if (!desired) {
        return in_progress("its controller has not yet counted the nodes");
    }
    return first_of({
                        too_few(status_count(object, "currentNumberScheduled"), *desired, "scheduled"),
                        too_few(status_count(object, "updatedNumberScheduled"), *desired, "updated"),
                        too_few(status_count(object, "numberAvailable"), *desired, "available"),
                        too_few(status_count(object, "numberReady"), *desired, "ready"),
                    })
        .value_or(current(fmt::format("{} replicas ready", *desired)));
}

Verdict replica_set(const Value& object, base::WallTime) {
    if (condition_is(object, "ReplicaFailure", "True")) {
        return in_progress("its pods cannot be created");
    }
    const std::int64_t wanted = wanted_replicas(object);
    return first_of({
                        too_few(status_count(object, "fullyLabeledReplicas"), wanted, "labelled"),
                        too_few(status_count(object, "availableReplicas"), wanted, "available"),
                        too_few(status_count(object, "readyReplicas"), wanted, "ready"),
                        surplus(status_count(object, "replicas"), wanted),
                    })
        .value_or(current(fmt::format("{} replicas available", wanted)));
}

// The names of containers that crash again and again, comma-separated; empty for none.
std::string crash_looping(const Value& pod) {
    std::string names;
    for (const std::string_view field : {"initContainerStatuses", "containerStatuses"}) {
        const model::Array* statuses = model::find_array(pod, {"status", field});
        if (statuses == nullptr) {
            continue;
        }
        for (const Value& status : *statuses) {
            if (model::find_string(status, {"state", "waiting", "reason"}) == "CrashLoopBackOff") {
                names += names.empty() ? "" : ", ";
                names += model::find_string(status, {"name"});
            }
        }
    }
    return names;
}

Verdict pending_pod(const Value& object, base::WallTime now) {
    if (is_unschedulable(object)) {
        const auto created =
            base::parse_rfc3339(model::find_string(object, {"metadata", "creationTimestamp"}));
        if (created && now - kScheduleWindow < *created) {
            return in_progress("no node takes the pod yet");
        }
        return failed("no node takes the pod");
    }
    return in_progress("the pod is pending");
}

Verdict pod(const Value& object, base::WallTime now) {
    const std::string_view phase = model::find_string(object, {"status", "phase"});
    if (phase == "Succeeded") {
        return current("the pod completed");
    }
    if (phase == "Failed") {
        return current("the pod completed, but not successfully");
    }
    if (phase == "Pending") {
        return pending_pod(object, now);
    }
    if (phase == "Running") {
        if (condition_is(object, "Ready", "True")) {
            return current("the pod is ready");
        }
        if (const std::string names = crash_looping(object); !names.empty()) {
            return failed(fmt::format("container crashes again and again: {}", names));
        }
        return in_progress("the pod runs but is not ready");
    }
    if (phase.empty()) {
        return in_progress("the pod has no phase yet");
    }
    return {State::kUnknown, fmt::format("the pod's phase is {}", phase)};
}

// A running Job is not ready here, other than with kstatus: the next stage may need what the Job prepares.
Verdict job(const Value& object, base::WallTime) {
    const std::int64_t wanted =
        model::find_integer(object, {"spec", "completions"})
            .value_or(model::find_integer(object, {"spec", "parallelism"}).value_or(1));
    const std::int64_t succeeded = status_count(object, "succeeded");
    if (condition_is(object, "Complete", "True")) {
        return current(fmt::format("the job completed ({} succeeded)", succeeded));
    }
    if (const Value* condition = model::find_condition(object, "Failed");
        condition != nullptr && model::find_string(*condition, {"status"}) == "True") {
        const std::string_view why = model::find_string(*condition, {"message"});
        return failed(why.empty() ? std::string("the job failed") : fmt::format("the job failed: {}", why));
    }
    if (model::find_bool(object, {"spec", "suspend"}).value_or(false)) {
        return in_progress("the job is suspended");
    }
    if (model::find_string(object, {"status", "startTime"}).empty()) {
        return in_progress("the job has not started");
    }
    return in_progress(fmt::format("the job runs: {} of {} succeeded, {} active, {} failed", succeeded,
                                   wanted, status_count(object, "active"), status_count(object, "failed")));
}

Verdict persistent_volume_claim(const Value& object, base::WallTime) {
    const std::string_view phase = model::find_string(object, {"status", "phase"});
    if (phase == "Bound") {
        return current("the claim is bound");
    }
    return in_progress(fmt::format("the claim is not bound{}{}", phase.empty() ? "" : ": ", phase));
}

Verdict service(const Value& object, base::WallTime) {
    if (model::find_string(object, {"spec", "type"}) == "LoadBalancer" &&
        model::find_string(object, {"spec", "clusterIP"}).empty()) {
        return in_progress("the load balancer has no cluster IP yet");
    }
    return current("the service exists");
}

Verdict custom_resource_definition(const Value& object, base::WallTime) {
    static const model::Array kNone;
    const model::Array* listed = model::find_array(object, {"status", "conditions"});
    const model::Array& conditions = listed == nullptr ? kNone : *listed;
    for (const Value& condition : conditions) {
        const std::string_view type = model::find_string(condition, {"type"});
        const std::string_view status = model::find_string(condition, {"status"});
        const std::string_view reason = model::find_string(condition, {"reason"});
        const bool refused = type == "NamesAccepted" && status == "False";
        const bool broken = type == "Established" && status == "False" && reason != "Installing";
        if (refused || broken) {
            const std::string_view message = model::find_string(condition, {"message"});
            return failed(message.empty() ? fmt::format("{} is False: {}", type, reason)
                                          : std::string(message));
        }
        if (type == "Established" && status == "True") {
            return current("the definition is established");
        }
    }
    return in_progress("the definition is not established yet");
}

Verdict exists(const Value&, base::WallTime) { return current("the object exists"); }

struct Row {
    std::string_view group;
    std::string_view kind;
    KindRule rule;
};

constexpr std::array kRules = {
    Row{"apps", "Deployment", deployment},
    Row{"extensions", "Deployment", deployment},
    Row{"apps", "StatefulSet", stateful_set},
    Row{"apps", "DaemonSet", daemon_set},
    Row{"extensions", "DaemonSet", daemon_set},
    Row{"apps", "ReplicaSet", replica_set},
    Row{"extensions", "ReplicaSet", replica_set},
    Row{"", "Pod", pod},
    Row{"batch", "Job", job},
    Row{"", "PersistentVolumeClaim", persistent_volume_claim},
    Row{"", "Service", service},
    Row{"apiextensions.k8s.io", "CustomResourceDefinition", custom_resource_definition},
    Row{"", "Secret", exists},
    Row{"", "ConfigMap", exists},
    Row{"batch", "CronJob", exists},
    Row{"policy", "PodDisruptionBudget", exists},
};

}  // namespace

KindRule rule_of(std::string_view group, std::string_view kind) {
    for (const Row& row : kRules) {
        if (row.group == group && row.kind == kind) {
            return row.rule;
        }
    }
    return nullptr;
}

bool condition_is(const Value& object, std::string_view type, std::string_view status) {
    const Value* condition = model::find_condition(object, type);
    return condition != nullptr && model::find_string(*condition, {"status"}) == status;
}

bool is_unschedulable(const Value& pod) {
    const Value* condition = model::find_condition(pod, "PodScheduled");
    return condition != nullptr && model::find_string(*condition, {"status"}) == "False" &&
           model::find_string(*condition, {"reason"}) == "Unschedulable";
}

}  // namespace readiness
