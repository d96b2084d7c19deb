// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/served_kinds.hpp"

#include <gtest/gtest.h>

#include "io/kube/rest/testing/discovery_documents.hpp"
#include "model/json.hpp"

namespace kube {
namespace {

Value json(std::string_view text) {
    auto value = model::parse_json(text, "test");
    EXPECT_TRUE(value) << value.error().text();
    return value ? *value : Value();
}

TEST(AggregatedDiscovery, MapsKindsToResources) {
    const auto core = parse_aggregated_discovery(json(testing::core_discovery()));
    ASSERT_TRUE(core);
    const auto* config_map = core->find({"", "v1", "ConfigMap"});
    ASSERT_NE(config_map, nullptr);
    EXPECT_EQ(config_map->plural, "configmaps");
    EXPECT_TRUE(config_map->namespaced);
    EXPECT_FALSE(core->find({"", "v1", "Node"})->namespaced);
    EXPECT_EQ(core->find({"", "v2", "Node"}), nullptr);
    EXPECT_EQ(core->find({"apps", "v1", "Node"}), nullptr);
}

TEST(AggregatedDiscovery, TakesAnEmptyResponseKindGroupForTheParents) {
    const auto groups = parse_aggregated_discovery(json(testing::groups_discovery()));
    ASSERT_TRUE(groups);
    ASSERT_NE(groups->find({"apps", "v1", "Deployment"}), nullptr);
}

TEST(AggregatedDiscovery, KeepsTheServersPreference) {
    const auto groups = parse_aggregated_discovery(json(testing::groups_discovery()));
    ASSERT_TRUE(groups);
    EXPECT_EQ(groups->find_preferred("autoscaling", "HorizontalPodAutoscaler")->gvk.version, "v2");
    EXPECT_NE(groups->find({"autoscaling", "v1", "HorizontalPodAutoscaler"}), nullptr);
    EXPECT_EQ(groups->find_preferred("autoscaling", "Nothing"), nullptr);
}

TEST(AggregatedDiscovery, FindsTheOneResourceThatTakesAKindAtASubresource) {
    const auto core = parse_aggregated_discovery(json(testing::core_discovery()));
    ASSERT_TRUE(core);
    const auto* parent = core->find_parent({"authentication.k8s.io", "v1", "TokenRequest"}, "token");
    ASSERT_NE(parent, nullptr);
    EXPECT_EQ(parent->plural, "serviceaccounts");
    EXPECT_EQ(core->find_parent({"authentication.k8s.io", "v1", "TokenRequest"}, "status"), nullptr);
}

TEST(AggregatedDiscovery, TellsWhatTheServerCannotTell) {
    const auto groups = parse_aggregated_discovery(json(testing::groups_discovery()));
    ASSERT_TRUE(groups);
    EXPECT_TRUE(groups->is_stale("metrics.k8s.io", "v1beta1"));
    EXPECT_TRUE(groups->is_stale("metrics.k8s.io"));
    EXPECT_FALSE(groups->is_stale("apps", "v1"));
}

TEST(AggregatedDiscovery, SurvivesDocumentsOfWrongShape) {
    EXPECT_FALSE(parse_aggregated_discovery(json(R"({"kind":"APIVersions"})")));
    EXPECT_FALSE(parse_aggregated_discovery(json("[]")));
    const auto odd = parse_aggregated_discovery(json(
        R"({"kind":"APIGroupDiscoveryList","items":[7,{"metadata":{"name":"g"},"versions":[{"version":"v1","resources":[
            null,{"resource":"as"},{"responseKind":{"kind":"B","version":"v1","group":"g"}},
            {"resource":"cs","responseKind":{"kind":"C","version":"v1","group":"g"},"subresources":"x"}]}]}]})"));
    ASSERT_TRUE(odd);
    EXPECT_NE(odd->find({"g", "v1", "C"}), nullptr);
    EXPECT_EQ(odd->find({"g", "v1", "B"}), nullptr);
}

TEST(ServedKinds, DoNotGuessBetweenSeveralParents) {
    ServedKinds kinds;
    const Resource one{{"", "v1", "ReplicationController"}, "replicationcontrollers", true};
    const Resource two{{"apps", "v1", "Deployment"}, "deployments", true};
    kinds.add_subresource(one, {"autoscaling", "v1", "Scale"}, "scale");
    EXPECT_NE(kinds.find_parent({"autoscaling", "v1", "Scale"}, "scale"), nullptr);
    kinds.add_subresource(two, {"autoscaling", "v1", "Scale"}, "scale");
    EXPECT_EQ(kinds.find_parent({"autoscaling", "v1", "Scale"}, "scale"), nullptr);
}

TEST(LegacyDiscovery, PutsThePreferredVersionOfAGroupFirst) {
    const auto found = parse_group_versions(json(R"({"kind":"APIGroupList","groups":[{"name":"g",
        "versions":[{"groupVersion":"g/v2","version":"v2"},{"groupVersion":"g/v1","version":"v1"}],
        "preferredVersion":{"groupVersion":"g/v1","version":"v1"}}]})"));
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, (std::vector<std::pair<std::string, std::string>>{{"g", "v1"}, {"g", "v2"}}));
    EXPECT_EQ(parse_group_versions(json(R"({"kind":"APIVersions","versions":["v1"]})"))->front().second,
              "v1");
    EXPECT_FALSE(parse_group_versions(json(R"({"kind":"Pod"})")));
}

TEST(LegacyDiscovery, ReadsResourcesAndSubresources) {
    ServedKinds kinds;
    ASSERT_TRUE(parse_resource_list(json(R"({"kind":"APIResourceList","groupVersion":"v1","resources":[
          {"name":"serviceaccounts","kind":"ServiceAccount","namespaced":true},
          {"name":"serviceaccounts/token","kind":"TokenRequest","group":"authentication.k8s.io","version":"v1"},
          {"name":"orphans/status","kind":"Orphan"},
          {"name":"nodes","kind":"Node","namespaced":false}]})"),
                                    "", "v1", kinds));
    EXPECT_TRUE(kinds.find({"", "v1", "ServiceAccount"})->namespaced);
    EXPECT_FALSE(kinds.find({"", "v1", "Node"})->namespaced);
    EXPECT_EQ(kinds.find({"", "v1", "TokenRequest"}), nullptr);
    ASSERT_NE(kinds.find_parent({"authentication.k8s.io", "v1", "TokenRequest"}, "token"), nullptr);
    EXPECT_FALSE(parse_resource_list(json(R"({"kind":"Status"})"), "", "v1", kinds));
}

}  // namespace
}  // namespace kube
