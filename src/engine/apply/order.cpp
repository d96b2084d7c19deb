// SPDX-License-Identifier: 0BSD
#include "engine/apply/order.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

namespace apply {

namespace {

// Kinds before "all others", then webhook configurations, which could refuse what comes after them.
constexpr std::array<std::string_view, 23> kFirstKinds = {
    "CustomResourceDefinition",
    "Namespace",
    "ClusterRole",
    "ClusterClass",
    "RuntimeClass",
    "PriorityClass",
    "StorageClass",
    "VolumeSnapshotClass",
    "IngressClass",
    "GatewayClass",
    "ClusterRoleBinding",
    "ResourceQuota",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "ConfigMap",
    "Secret",
    "Service",
    "LimitRange",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
};
constexpr std::array<std::string_view, 2> kLastKinds = {"MutatingWebhookConfiguration",
                                                        "ValidatingWebhookConfiguration"};

std::size_t kind_rank(std::string_view kind) {
    const auto first = std::ranges::find(kFirstKinds, kind);
    if (first != kFirstKinds.end()) {
        return static_cast<std::size_t>(first - kFirstKinds.begin());
    }
    const auto last = std::ranges::find(kLastKinds, kind);
    if (last != kLastKinds.end()) {
        return kFirstKinds.size() + 1 + static_cast<std::size_t>(last - kLastKinds.begin());
    }
    return kFirstKinds.size();
}

auto order_key(const model::ObjectId& id) {
    return std::tuple(kind_rank(id.kind), std::string_view(id.group), std::string_view(id.kind),
                      std::string_view(id.ns), std::string_view(id.name));
}

}  // namespace

Step step_of(const model::ObjectId& id) {
    if ((id.kind == "CustomResourceDefinition" && id.group == "apiextensions.k8s.io") ||
        (id.kind == "Namespace" && id.group.empty()) ||
        (id.kind == "ClusterRole" && id.group == "rbac.authorization.k8s.io")) {
        return Step::kDefinitions;
    }
    return id.kind.ends_with("Class") ? Step::kClasses : Step::kRest;
}

bool applied_before(const model::ObjectId& left, const model::ObjectId& right) {
    return order_key(left) < order_key(right);
}

void sort_for_deletion(std::vector<model::ObjectId>& ids) {
    std::ranges::sort(ids, [](const model::ObjectId& left, const model::ObjectId& right) {
        const Step left_step = step_of(left);
        const Step right_step = step_of(right);
        return left_step != right_step ? left_step > right_step : applied_before(right, left);
    });
}

std::vector<StepObjects> split_into_steps(std::vector<model::Value> objects) {
    struct Keyed {
        model::ObjectId id;
        model::Value object;
    };
    std::array<std::vector<Keyed>, 3> by_step;
    for (model::Value& object : objects) {
        model::ObjectId id = model::id_of(object);
        auto& step = by_step.at(static_cast<std::size_t>(step_of(id)));
        step.push_back({std::move(id), std::move(object)});
    }
    std::vector<StepObjects> result;
    for (std::size_t i = 0; i < by_step.size(); ++i) {
        if (by_step.at(i).empty()) {
            continue;
        }
        std::ranges::sort(by_step.at(i), applied_before, &Keyed::id);
        StepObjects step{static_cast<Step>(i), {}};
        for (Keyed& keyed : by_step.at(i)) {
            step.objects.push_back(std::move(keyed.object));
        }
        result.push_back(std::move(step));
    }
    return result;
}

}  // namespace apply
