// SPDX-License-Identifier: 0BSD
#include "engine/apply/order.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace apply {
namespace {

using model::ObjectId;

struct StepCase {
    ObjectId id;
    Step step;
};

const std::vector<StepCase> kSteps = {
    {{"apiextensions.k8s.io", "CustomResourceDefinition", "", "a"}, Step::kDefinitions},
    {{"", "Namespace", "", "a"}, Step::kDefinitions},
    {{"rbac.authorization.k8s.io", "ClusterRole", "", "a"}, Step::kDefinitions},
    {{"example.org", "CustomResourceDefinition", "", "a"}, Step::kRest},
    {{"example.org", "Namespace", "t", "a"}, Step::kRest},
    {{"example.org", "ClusterRole", "", "a"}, Step::kRest},
    {{"storage.k8s.io", "StorageClass", "", "a"}, Step::kClasses},
    {{"example.org", "MyOwnClass", "t", "a"}, Step::kClasses},
    {{"example.org", "Classroom", "t", "a"}, Step::kRest},
    {{"example.org", "Subclass", "t", "a"}, Step::kRest},
    {{"rbac.authorization.k8s.io", "ClusterRoleBinding", "", "a"}, Step::kRest},
    {{"apps", "Deployment", "t", "a"}, Step::kRest},
};

TEST(Order, DefinitionsThenClassesThenTheRest) {
    for (const StepCase& row : kSteps) {
        EXPECT_EQ(step_of(row.id), row.step) << row.id.group << " " << row.id.text();
    }
}

// Each is applied before the next.
const std::vector<ObjectId> kAscending = {
    {"g", "CustomResourceDefinition", "", "z"},
    {"g", "Namespace", "", "z"},
    {"g", "ClusterRole", "", "z"},
    {"g", "ClusterClass", "", "z"},
    {"g", "RuntimeClass", "", "z"},
    {"g", "PriorityClass", "", "z"},
    {"g", "StorageClass", "", "z"},
    {"g", "VolumeSnapshotClass", "", "z"},
    {"g", "IngressClass", "", "z"},
    {"g", "GatewayClass", "", "z"},
    {"g", "ClusterRoleBinding", "", "z"},
    {"g", "ResourceQuota", "", "z"},
    {"g", "ServiceAccount", "", "z"},
    {"g", "Role", "", "z"},
    {"g", "RoleBinding", "", "z"},
    {"g", "ConfigMap", "", "z"},
    {"g", "Secret", "", "z"},
    {"g", "Service", "", "z"},
    {"g", "LimitRange", "", "z"},
    {"g", "Deployment", "", "z"},
    {"g", "StatefulSet", "", "z"},
    {"g", "CronJob", "", "z"},
    {"g", "PodDisruptionBudget", "", "z"},
    {"a.example.org", "Zebra", "y", "y"},  // all other kinds: by group,
    {"b.example.org", "Ant", "y", "y"},    // then kind,
    {"b.example.org", "Bee", "a", "y"},    // then namespace,
    {"b.example.org", "Bee", "b", "a"},    // then name
    {"b.example.org", "Bee", "b", "b"},
    {"g", "MutatingWebhookConfiguration", "", "a"},
    {"g", "ValidatingWebhookConfiguration", "", "a"},
};

TEST(Order, KindsComeInTheirOrder) {
    for (std::size_t i = 0; i < kAscending.size(); ++i) {
        for (std::size_t k = 0; k < kAscending.size(); ++k) {
            EXPECT_EQ(applied_before(kAscending[i], kAscending[k]), i < k)
                << kAscending[i].text() << " and " << kAscending[k].text();
        }
    }
}

TEST(Order, DeletionIsTheExactReverseOfTheApplyOrder) {
    std::vector<model::Value> objects;
    for (const ObjectId& id : kAscending) {
        std::string group = id.group;
        if (id.kind == "CustomResourceDefinition") {
            group = "apiextensions.k8s.io";
        } else if (id.kind == "ClusterRole") {
            group = "rbac.authorization.k8s.io";
        } else if (id.kind == "Namespace") {
            group = "";
        }
        objects.push_back({{"apiVersion", model::GroupVersionKind{group, "v1", id.kind}.api_version()},
                           {"kind", id.kind},
                           {"metadata", {{"name", id.name}, {"namespace", id.ns}}}});
    }
    // An object of the classes' step whose kind ranks behind many of the rest.
    objects.push_back({{"apiVersion", "example.org/v1"},
                       {"kind", "ZClass"},
                       {"metadata", {{"name", "a"}, {"namespace", ""}}}});
    std::ranges::reverse(objects);

    std::vector<ObjectId> applied;
    std::vector<Step> steps;
    for (const StepObjects& step : split_into_steps(objects)) {
        steps.push_back(step.step);
        for (const model::Value& object : step.objects) {
            applied.push_back(model::id_of(object));
            EXPECT_EQ(step_of(applied.back()), step.step);
        }
    }
    EXPECT_EQ(steps, (std::vector{Step::kDefinitions, Step::kClasses, Step::kRest}));
    ASSERT_EQ(applied.size(), objects.size());
    std::vector<ObjectId> deleted = applied;
    sort_for_deletion(deleted);
    std::ranges::reverse(deleted);
    EXPECT_EQ(deleted, applied);
}

TEST(Order, StepsWithoutObjectsAreLeftOut) {
    EXPECT_TRUE(split_into_steps({}).empty());
    const auto steps = split_into_steps(
        {{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "a"}, {"namespace", "t"}}}}});
    ASSERT_EQ(steps.size(), 1U);
    EXPECT_EQ(steps[0].step, Step::kRest);
}

}  // namespace
}  // namespace apply
