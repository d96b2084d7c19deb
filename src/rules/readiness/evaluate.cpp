// SPDX-License-Identifier: 0BSD
#include "rules/readiness/evaluate.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "rules/readiness/kinds.hpp"

namespace readiness {

namespace {

using model::Value;

// Kinds without any field that could tell "not yet".
constexpr std::array<std::pair<std::string_view, std::string_view>, 21> kAlwaysCurrent = {{
    {"", "ConfigMap"},
    {"", "LimitRange"},
    {"", "PodTemplate"},
    {"", "ResourceQuota"},
    {"", "Secret"},
    {"", "ServiceAccount"},
    {"admissionregistration.k8s.io", "MutatingWebhookConfiguration"},
    {"admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"},
    {"admissionregistration.k8s.io", "ValidatingWebhookConfiguration"},
    {"batch", "CronJob"},
    {"coordination.k8s.io", "Lease"},
    {"discovery.k8s.io", "EndpointSlice"},
    {"networking.k8s.io", "IngressClass"},
    {"networking.k8s.io", "NetworkPolicy"},
    {"node.k8s.io", "RuntimeClass"},
    {"rbac.authorization.k8s.io", "ClusterRole"},
    {"rbac.authorization.k8s.io", "ClusterRoleBinding"},
    {"rbac.authorization.k8s.io", "Role"},
    {"rbac.authorization.k8s.io", "RoleBinding"},
    {"scheduling.k8s.io", "PriorityClass"},
    {"storage.k8s.io", "StorageClass"},
}};
static_assert(std::ranges::is_sorted(kAlwaysCurrent), "found by binary search");

// "message" or, where that is empty, "Type is Status: Reason".
std::string condition_text(const Value& condition) {
    const std::string_view message = model::find_string(condition, {"message"});
    if (!message.empty()) {
        return std::string(message);
    }
    const std::string_view reason = model::find_string(condition, {"reason"});
    return fmt::format("{} is {}{}{}", model::find_string(condition, {"type"}),
                       model::find_string(condition, {"status"}), reason.empty() ? "" : ": ", reason);
}

// The words of a status that does not have the form all kinds share, or nullopt.
std::optional<std::string> unreadable(const Value& object) {
    const Value* observed = model::find(object, {"status", "observedGeneration"});
    if (observed != nullptr && !observed->is_null() &&
        !model::find_integer(object, {"status", "observedGeneration"})) {
        return "status.observedGeneration is no number";
    }
    const Value* conditions = model::find(object, {"status", "conditions"});
    if (conditions == nullptr || conditions->is_null()) {
        return std::nullopt;
    }
    const model::Array* list = conditions->if_array();
    if (list == nullptr) {
        return "status.conditions is no list";
    }
    if (!std::ranges::all_of(*list, [](const Value& condition) { return condition.is_object(); })) {
        return "status.conditions holds something that is no condition";
    }
    return std::nullopt;
}

// What holds for every kind, or nullopt where that says nothing.
std::optional<Verdict> generic(const Value& object) {
    if (!model::find_string(object, {"metadata", "deletionTimestamp"}).empty()) {
        return Verdict{State::kTerminating, "the object is being deleted"};
    }
    if (auto why = unreadable(object)) {
        return Verdict{State::kUnknown, std::move(*why)};
    }
    const auto observed = model::find_integer(object, {"status", "observedGeneration"});
    const auto generation = model::find_integer(object, {"metadata", "generation"});
    if (observed && generation && *observed != *generation) {
        return Verdict{State::kInProgress,
                       fmt::format("its controller has seen generation {} of {}", *observed, *generation)};
    }
    const model::Array* conditions = model::find_array(object, {"status", "conditions"});
    if (conditions == nullptr) {
        return std::nullopt;
    }
    for (const Value& condition : *conditions) {
        if (model::find_string(condition, {"status"}) != "True") {
            continue;
        }
        const std::string_view type = model::find_string(condition, {"type"});
        if (type == "Reconciling") {
            return Verdict{State::kInProgress, condition_text(condition)};
        }
        if (type == "Stalled") {
            return Verdict{State::kFailed, condition_text(condition)};
        }
    }
    return std::nullopt;
}

Verdict by_ready_condition(const Value& object) {
    const Value* ready = model::find_condition(object, "Ready");
    if (ready == nullptr) {
        return {State::kCurrent, "the object exists"};
    }
    const std::string_view status = model::find_string(*ready, {"status"});
    if (status == "False" || status == "Unknown") {
        return {State::kInProgress, condition_text(*ready)};
    }
    return {State::kCurrent, "the object is ready"};
}

}  // namespace

std::string_view to_string(State state) {
    switch (state) {
        case State::kCurrent: return "Current";
        case State::kInProgress: return "InProgress";
        case State::kFailed: return "Failed";
        case State::kTerminating: return "Terminating";
        case State::kNotFound: return "NotFound";
        case State::kUnknown: return "Unknown";
    }
    return "Unknown";
}

Verdict evaluate(const Value& object, base::WallTime now) {
    if (auto verdict = generic(object)) {
        return std::move(*verdict);
    }
    const model::GroupVersionKind gvk = model::gvk_of(object);
    if (const KindRule rule = rule_of(gvk.group, gvk.kind)) {
        return rule(object, now);
    }
    return by_ready_condition(object);
}

bool always_current(std::string_view group, std::string_view kind) {
    return std::ranges::binary_search(kAlwaysCurrent, std::pair(group, kind));
}

}  // namespace readiness
