// SPDX-License-Identifier: 0BSD
#include "rules/transform/resources.hpp"

#include <gtest/gtest.h>

#include "rules/transform/testing/objects.hpp"

namespace transform {
namespace {

using testing::object;
using testing::objects;
using testing::scopes;

ResourceId id(std::string group, std::string version, std::string kind, std::string name,
              std::string ns = "") {
    return {{std::move(group), std::move(version), std::move(kind)}, std::move(name), std::move(ns)};
}

constexpr std::string_view kConfig = "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}";

TEST(ResourceId, HasKustomizesText) {
    EXPECT_EQ(id("apps", "v1", "Deployment", "web", "t").text(), "Deployment.v1.apps/web.t");
    EXPECT_EQ(id("", "", "", "").text(), "[noKind].[noVer].[noGrp]/[noName].[noNs]");
}

TEST(ResourceId, EmptyNamespaceIsDefaultAndClusterKindsHaveNone) {
    EXPECT_TRUE(same_id(id("", "v1", "ConfigMap", "c"), id("", "v1", "ConfigMap", "c", "default"), scopes()));
    EXPECT_FALSE(same_id(id("", "v1", "ConfigMap", "c"), id("", "v1", "ConfigMap", "c", "t"), scopes()));
    EXPECT_TRUE(same_id(id("", "v1", "Namespace", "c", "a"), id("", "v1", "Namespace", "c", "b"), scopes()));
    EXPECT_FALSE(same_id(id("", "v1", "ConfigMap", "c"), id("", "v2", "ConfigMap", "c"), scopes()));
}

TEST(Resources, RemembersIdsWithPresentGroupAndVersion) {
    Resource resource = object("{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: t}}");
    EXPECT_EQ(original_id(resource), current_id(resource));
    remember_id(resource);
    resource.object.at("metadata").at("name") = "b";
    remember_id(resource);
    resource.object.at("metadata").at("name") = "c";
    resource.object.at("apiVersion") = "apps/v2";
    EXPECT_EQ(original_id(resource), id("apps", "v2", "Deployment", "a", "t"));
    EXPECT_EQ(previous_ids(resource), (std::vector{id("apps", "v2", "Deployment", "a", "t"),
                                                   id("apps", "v2", "Deployment", "b", "t")}));
    EXPECT_EQ(current_id(resource).name, "c");
}

TEST(Resources, FindsByPresentAndPreviousIds) {
    Resources all = objects(R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
)");
    remember_id(all[1]);
    all[1].object.at("metadata").at("name") = "c";
    EXPECT_EQ(find_by_current_id(all, id("", "v1", "ConfigMap", "b"), scopes()).size(), 0U);
    EXPECT_EQ(find_by_any_id(all, id("", "v1", "ConfigMap", "b"), scopes()), (std::vector<std::size_t>{1}));
    EXPECT_EQ(find_one(all, id("", "v1", "ConfigMap", "c", "default"), scopes()).value(), 1U);
    const auto none = find_one(all, id("", "v1", "ConfigMap", "x"), scopes());
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().message,
              "no matches for Id ConfigMap.v1.[noGrp]/x.[noNs]; failed to find unique target for patch "
              "ConfigMap.v1.[noGrp]/x.[noNs]");
    remember_id(all[0]);
    all[0].previous[0].name = "b";
    const auto both = find_one(all, id("", "v1", "ConfigMap", "b"), scopes());
    ASSERT_FALSE(both);
    EXPECT_TRUE(both.error().message.starts_with("multiple matches for Id"));
}

TEST(Resources, DropsDeletedOnes) {
    Resources all = objects("{a: 1}\n---\n{b: 1}\n---\n{c: 1}\n");
    all[0].object = nullptr;
    all[2].object = model::Object();
    drop_deleted(all);
    EXPECT_EQ(testing::text(all), "b: 1\n");
}

TEST(Append, RefusesASecondObjectOfTheSameId) {
    Resources all = objects(kConfig);
    EXPECT_TRUE(append(all, objects("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: t}}"),
                       scopes()));
    const auto again = append(
        all, objects("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: default}}"), scopes());
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().message,
              "may not add resource with an already registered id: ConfigMap.v1.[noGrp]/c.default");
    EXPECT_EQ(all.size(), 2U);
}

TEST(Append, OneAtATimeSeesWhatItAdded) {
    Resources all;
    Appender appender(all, scopes());
    EXPECT_TRUE(appender.append(object(kConfig)));
    EXPECT_FALSE(appender.append(object(kConfig)));
}

Resource generated(Behavior behavior, std::string_view yaml) {
    Resource resource = object(yaml);
    resource.behavior = behavior;
    resource.needs_hash = true;
    return resource;
}

Resources list_of(Resource resource) {
    Resources all;
    all.push_back(std::move(resource));
    return all;
}

TEST(Absorb, CreatesWhatIsNotThere) {
    Resources all;
    EXPECT_TRUE(absorb(all, list_of(generated(Behavior::kUnspecified, kConfig)), scopes()));
    for (const Behavior behavior : {Behavior::kUnspecified, Behavior::kCreate}) {
        const auto twice = absorb(all, list_of(generated(behavior, kConfig)), scopes());
        ASSERT_FALSE(twice);
        EXPECT_NE(twice.error().message.find("behavior must be merge or replace"), std::string::npos);
    }
    for (const Behavior behavior : {Behavior::kMerge, Behavior::kReplace}) {
        Resources none;
        const auto missing = absorb(none, list_of(generated(behavior, kConfig)), scopes());
        ASSERT_FALSE(missing);
        EXPECT_NE(missing.error().message.find("does not exist; cannot merge or replace"), std::string::npos);
    }
}

constexpr std::string_view kBase = R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: c, labels: {a: old, b: old}, annotations: {x: old}}
data: {one: old, two: old}
)";
constexpr std::string_view kOverlay = R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: c, labels: {b: new}}
data: {two: new, three: new}
)";

TEST(Absorb, MergesDataAndMetadata) {
    Resources all = list_of(generated(Behavior::kUnspecified, kBase));
    all[0].origin =
        Origin{.path = "base.yaml", .configured_in = "", .by = {}, .by_name = "", .by_namespace = ""};
    remember_id(all[0]);
    all[0].prefixes = {"p-"};
    all[0].object.at("metadata").at("name") = "p-c";
    ASSERT_TRUE(absorb(all, list_of(generated(Behavior::kMerge, kOverlay)), scopes()));
    EXPECT_EQ(testing::text(all), testing::tidy(R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: p-c, labels: {a: old, b: new}, annotations: {x: old}}
data: {one: old, two: new, three: new}
)"));
    EXPECT_EQ(all[0].previous.size(), 1U);
    EXPECT_EQ(all[0].prefixes, (std::vector<std::string>{"p-"}));
    EXPECT_EQ(all[0].origin->path, "base.yaml");
    EXPECT_TRUE(all[0].needs_hash);
}

TEST(Absorb, ReplacesDataAndKeepsMetadata) {
    Resources all = list_of(object(kBase));
    ASSERT_TRUE(absorb(all, list_of(generated(Behavior::kReplace, kOverlay)), scopes()));
    EXPECT_EQ(testing::text(all), testing::tidy(R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: c, labels: {a: old, b: new}, annotations: {x: old}}
data: {two: new, three: new}
)"));
    EXPECT_FALSE(all[0].needs_hash) << "neither had both";
}

TEST(Absorb, RefusesSeveralMatches) {
    Resources all = objects(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n---\n{apiVersion: v1, kind: ConfigMap, "
        "metadata: {name: d}}\n");
    remember_id(all[1]);
    all[1].previous[0].name = "c";
    const auto done = absorb(all, list_of(generated(Behavior::kMerge, kOverlay)), scopes());
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().message.starts_with("found multiple objects"));
}

}  // namespace
}  // namespace transform
