// SPDX-License-Identifier: 0BSD
#include "rules/inventory/entry.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace inventory {
namespace {

model::ObjectId id(std::string group, std::string kind, std::string ns, std::string name) {
    return {std::move(group), std::move(kind), std::move(ns), std::move(name)};
}

Entry config(std::string name, std::string version = "v1") {
    return {id("", "ConfigMap", "t", std::move(name)), std::move(version)};
}

TEST(InventoryId, EncodesAndParsesBack) {
    const std::vector<std::pair<model::ObjectId, std::string>> rows = {
        {id("apps", "Deployment", "payments", "web"), "payments_web_apps_Deployment"},
        {id("", "Namespace", "", "ns1"), "_ns1__Namespace"},
        {id("rbac.authorization.k8s.io", "ClusterRole", "", "foo"),
         "_foo_rbac.authorization.k8s.io_ClusterRole"},
        {id("rbac.authorization.k8s.io", "Role", "t", "a_b__c"), "t_a_b__c_rbac.authorization.k8s.io_Role"},
        {id("rbac.authorization.k8s.io", "ClusterRole", "", "_a_"),
         "__a__rbac.authorization.k8s.io_ClusterRole"},
        {id("rbac.authorization.k8s.io", "ClusterRole", "", "system:node"),
         "_system:node_rbac.authorization.k8s.io_ClusterRole"},
        {id("", "Secret", "t", "a_"), "t_a___Secret"},
    };
    for (const auto& [object, text] : rows) {
        EXPECT_EQ(encode_id(object), text);
        const auto parsed = parse_id(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(*parsed, object) << text;
    }
}

TEST(InventoryId, RefusesWhatHasNotFourParts) {
    for (const std::string text :
         {"", "web", "t_web", "t_web_ConfigMap", "___", "t___ConfigMap", "t_web__", "__"}) {
        const auto parsed = parse_id(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, base::ErrorCode::kInvalid);
        EXPECT_NE(parsed.error().message.find("\"" + text + "\""), std::string::npos);
    }
}

TEST(InventoryEntry, ReadsAnObject) {
    const model::Value object = {{"apiVersion", "apps/v1"},
                                 {"kind", "Deployment"},
                                 {"metadata", {{"name", "web"}, {"namespace", "t"}}}};
    const Entry entry = entry_of(object);
    EXPECT_EQ(entry, (Entry{id("apps", "Deployment", "t", "web"), "v1"}));
    EXPECT_EQ(entry.gvk().api_version(), "apps/v1");
}

TEST(InventorySet, IsSortedByTheBytesOfTheEncodedId) {
    std::vector<Entry> entries;
    for (const std::string ns : {"", "a", "a-b", "ab", "a0", "b"}) {
        for (const std::string name : {"a", "a-b", "a.b", "a_b", "ab", "z"}) {
            for (const std::string group : {"", "apps", "apps.x"}) {
                entries.push_back({id(group, "Deployment", ns, name), "v1"});
                entries.push_back({id(group, "Deploy", ns, name), "v1"});
            }
        }
    }
    const Entries set = make_entries(entries);
    EXPECT_EQ(set.size(), entries.size());
    EXPECT_TRUE(std::ranges::is_sorted(set, {}, [](const Entry& entry) { return encode_id(entry.id); }));
    for (const Entry& entry : entries) {
        EXPECT_TRUE(contains(set, entry.id)) << encode_id(entry.id);
    }
}

TEST(InventorySet, KeepsTheLaterOfTwoEntriesWithOneId) {
    EXPECT_EQ(make_entries({config("a", "v1beta1"), config("b"), config("a", "v1")}),
              (Entries{config("a", "v1"), config("b")}));
}

TEST(InventorySet, UnionTakesTheNewerVersion) {
    const Entries older = make_entries({config("a", "v1beta1"), config("b")});
    const Entries newer = make_entries({config("a", "v1"), config("c")});
    EXPECT_EQ(unite(older, newer), (Entries{config("a", "v1"), config("b"), config("c")}));
    EXPECT_EQ(unite({}, newer), newer);
    EXPECT_EQ(unite(older, {}), older);
}

TEST(InventorySet, SubtractionIgnoresTheVersion) {
    EXPECT_EQ(subtract(make_entries({config("a", "v1"), config("b")}), {config("a", "v2")}),
              Entries{config("b")});
    EXPECT_FALSE(contains({config("a")}, config("b").id));
}

TEST(InventorySet, PruneCandidatesAreClaimedByNoStage) {
    const Entries previous = make_entries({config("dropped"), config("moved"), config("kept", "v1beta1")});
    const std::vector<Entries> desired = {{config("kept")}, {config("moved")}, {}};
    EXPECT_EQ(prune_candidates(previous, desired), Entries{config("dropped")});
    EXPECT_EQ(prune_candidates(previous, {}), previous);
}

TEST(InventorySet, NamesObjectsThatTwoStagesClaim) {
    const std::vector<Entries> desired = {
        {config("a"), config("b")}, {config("c")}, {config("b"), config("c")}};
    const auto claims = duplicate_claims(desired);
    ASSERT_EQ(claims.size(), 2U);
    EXPECT_EQ(claims[0].id.name, "b");
    EXPECT_EQ(claims[0].first_stage, 0U);
    EXPECT_EQ(claims[0].second_stage, 2U);
    EXPECT_EQ(claims[1].id.name, "c");
    EXPECT_EQ(claims[1].first_stage, 1U);
}

}  // namespace
}  // namespace inventory
