// SPDX-License-Identifier: 0BSD
#include "rules/transform/replicas.hpp"

#include <gtest/gtest.h>

#include "rules/transform/resources.hpp"
#include "rules/transform/testing/objects.hpp"

namespace transform {
namespace {

using testing::objects;
using testing::text;
using testing::tidy;
using testing::value;

TEST(Replicas, AreSetByNameForKindsThatHaveThem) {
    Resources all = objects(R"(
{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {replicas: 1}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: a}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: b}}
)");
    remember_id(all[3]);
    all[3].previous[0].name = "a";
    ASSERT_TRUE(transform::apply(all, {"a", 5}, default_config().replicas));
    EXPECT_EQ(text(all), tidy(R"(
{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: 5}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {replicas: 5}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: a}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: b}, spec: {replicas: 5}}
)"));
}

TEST(Replicas, RefuseANameThatNobodyHas) {
    Resources all = objects("{apiVersion: v1, kind: Service, metadata: {name: a}}");
    const auto done = transform::apply(
        all, {"a", 5}, {{"", "", "Deployment", "spec/replicas", true}, {"g", "v", "K", "x", true}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message,
              "resource with name a does not match a config with the following GVK "
              "[Deployment.[noVer].[noGrp] K.v.g]");
}

TEST(Replicas, RefuseMaps) {
    Resources all = objects("{kind: Deployment, metadata: {name: a}, spec: {replicas: {}}}");
    EXPECT_FALSE(transform::apply(all, {"a", 5}, default_config().replicas));
}

TEST(Replicas, AreRead) {
    EXPECT_EQ(parse_replicas(value("{name: a, count: 3}"))->count, 3);
    EXPECT_EQ(parse_replicas(value("{name: a}"))->count, 0);
    EXPECT_FALSE(parse_replicas(value("{name: a, count: x}")));
    EXPECT_FALSE(parse_replicas(value("{name: a, number: 1}")));
    const auto transformer = parse_replicas_transformer(
        value("{replica: {name: a, count: 3}, fieldSpecs: [{path: spec/replicas}]}"));
    ASSERT_TRUE(transformer);
    EXPECT_EQ(transformer->replicas.count, 3);
    EXPECT_EQ(transformer->fields.size(), 1U);
    EXPECT_FALSE(parse_replicas_transformer(value("replica: {count: x}")));
    EXPECT_FALSE(parse_replicas_transformer(value("replica: 1")));
    EXPECT_FALSE(parse_replicas_transformer(value("fieldSpecs: 1")));
}

}  // namespace
}  // namespace transform
