// SPDX-License-Identifier: 0BSD
#include "rules/transform/name_reference.hpp"

#include <gtest/gtest.h>

#include "rules/transform/name_affix.hpp"
#include "rules/transform/namespace.hpp"
#include "rules/transform/resources.hpp"
#include "rules/transform/testing/objects.hpp"

namespace transform {
namespace {

using testing::objects;
using testing::scopes;
using testing::text;
using testing::tidy;

Resources prefixed(std::string_view yaml, std::string prefix) {
    Resources all = objects(yaml);
    EXPECT_TRUE(transform::apply(all, NamePrefix{std::move(prefix), default_config().name_prefix}));
    return all;
}

base::Result<void> update(Resources& all) {
    return update_name_references(all, default_config().name_reference, scopes());
}

TEST(NameReference, FollowsARenaming) {
    Resources all = prefixed(R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
---
{apiVersion: v1, kind: Secret, metadata: {name: c}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  template:
    spec:
      containers:
      - envFrom: [{configMapRef: {name: c}}, {configMapRef: {name: other}}]
        env: [{valueFrom: {secretKeyRef: {name: c}}}]
      volumes: [{configMap: {name: c}}, {projected: {sources: [{secret: {name: c}}]}}]
)",
                             "p-");
    ASSERT_TRUE(update(all));
    EXPECT_EQ(model::to_yaml(all[2].object), tidy(R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: p-d}
spec:
  template:
    spec:
      containers:
      - envFrom: [{configMapRef: {name: p-c}}, {configMapRef: {name: other}}]
        env: [{valueFrom: {secretKeyRef: {name: p-c}}}]
      volumes: [{configMap: {name: p-c}}, {projected: {sources: [{secret: {name: p-c}}]}}]
)"));
}

TEST(NameReference, FollowsFromAnyEarlierName) {
    Resources all = prefixed("{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}", "p-");
    ASSERT_TRUE(transform::apply(all, NamePrefix{"q-", default_config().name_prefix}));
    ASSERT_TRUE(append(all,
                       objects("{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {volumes: "
                               "[{configMap: {name: c}}, {configMap: {name: p-c}}]}}"),
                       scopes()));
    ASSERT_TRUE(update(all));
    EXPECT_EQ(model::to_yaml(all[1].object),
              tidy("{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {volumes: [{configMap: {name: "
                   "q-p-c}}, {configMap: {name: q-p-c}}]}}"));
}

TEST(NameReference, ListsOfNamesFollowOneByOne) {
    Resources all = prefixed(R"(
{apiVersion: v1, kind: Secret, metadata: {name: s}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r}, rules: [{resourceNames: [s, other]}]}
)",
                             "p-");
    ASSERT_TRUE(update(all));
    EXPECT_EQ(model::to_yaml(all[1].object),
              tidy("{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: p-r}, rules: "
                   "[{resourceNames: [p-s, other]}]}"));
}

TEST(NameReference, StaysInItsNamespace) {
    Resources all = prefixed(R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: a}}
---
{apiVersion: v1, kind: Pod, metadata: {name: x, namespace: b}, spec: {volumes: [{configMap: {name: c}}]}}
)",
                             "p-");
    ASSERT_TRUE(update(all));
    EXPECT_EQ(model::to_yaml(all[1].object),
              tidy("{apiVersion: v1, kind: Pod, metadata: {name: p-x, namespace: b}, spec: {volumes: "
                   "[{configMap: {name: c}}]}}"));
}

TEST(NameReference, RoleReferencesTellKindsApart) {
    Resources all = objects(R"(
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}
)");
    remember_id(all[0]);
    all[0].object.at("metadata").at("name") = "role";
    remember_id(all[1]);
    all[1].object.at("metadata").at("name") = "cluster-role";
    ASSERT_TRUE(update(all));
    EXPECT_EQ(model::find_string(all[2].object, {"roleRef", "name"}), "cluster-role");
}

TEST(NameReference, SubjectsGetNameAndNamespace) {
    Resources all = objects(R"(
{apiVersion: v1, kind: ServiceAccount, metadata: {name: s, namespace: old}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
subjects: [{kind: ServiceAccount, name: s, namespace: old}, {kind: ServiceAccount, name: s, namespace: elsewhere}]
)");
    ASSERT_TRUE(transform::apply(all, NamePrefix{"p-", default_config().name_prefix}));
    ASSERT_TRUE(transform::apply(
        all, NamespaceChange{"new", default_config().name_space, false, SubjectMode::kDefaultOnly},
        scopes()));
    ASSERT_TRUE(update(all));
    EXPECT_EQ(model::to_yaml(all[1].object), tidy(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: p-b}
subjects: [{kind: ServiceAccount, name: p-s, namespace: new}, {kind: ServiceAccount, name: s, namespace: elsewhere}]
)"));
}

TEST(NameReference, RoleBindingsReachAccountsOfOtherNamespaces) {
    Resources all = prefixed(R"(
{apiVersion: v1, kind: ServiceAccount, metadata: {name: s, namespace: a}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: b}
subjects: [{kind: ServiceAccount, name: s, namespace: a}]
)",
                             "p-");
    ASSERT_TRUE(update(all));
    EXPECT_EQ(model::find_string(all[1].object.at("subjects").at(0), {"name"}), "p-s");
}

constexpr std::string_view kTwins = R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
---
{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {volumes: [{configMap: {name: c}}]}}
)";

TEST(NameReference, PrefixesTellTwinsApart) {
    Resources all = prefixed(kTwins, "a-");
    ASSERT_TRUE(append(all, prefixed(kTwins, "b-"), scopes()));
    ASSERT_TRUE(transform::apply(all, NamePrefix{"all-", default_config().name_prefix}));
    ASSERT_TRUE(update(all));
    EXPECT_EQ(model::find_string(all[1].object.at("spec").at("volumes").at(0), {"configMap", "name"}),
              "all-a-c");
    EXPECT_EQ(model::find_string(all[3].object.at("spec").at("volumes").at(0), {"configMap", "name"}),
              "all-b-c");
}

TEST(NameReference, RefusesWhatCouldBeTwo) {
    Resources all = objects(R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: one}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: two}}
---
{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {volumes: [{configMap: {name: c}}]}}
)");
    for (Resource& resource : all) {
        remember_id(resource);
        resource.previous.back().name = "c";
    }
    const auto done = update(all);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message,
              "updating name reference in 'spec/volumes/configMap/name' field of 'Pod.v1.[noGrp]/x.[noNs]': "
              "considering "
              "field 'spec/volumes/configMap/name' of object Pod.v1.[noGrp]/x.[noNs]: found multiple "
              "possible referrals: "
              "ConfigMap.v1.[noGrp]/one.[noNs], ConfigMap.v1.[noGrp]/two.[noNs]");
}

TEST(NameReference, RefusesMapsWithoutName) {
    Resources all = objects(R"(
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: v}
webhooks: [{clientConfig: {service: {path: /}}}]
)");
    const auto done = update(all);
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().message.find("no 'name' field in node"), std::string::npos);
}

TEST(NameReference, RefusesAccountsWithBlankNamespace) {
    Resources all = objects(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b}, subjects: "
        "[{kind: ServiceAccount, name: s, namespace: null}]}");
    const auto done = update(all);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message,
              "Invalid Input: namespace is blank for resource "
              "\"RoleBinding.v1.rbac.authorization.k8s.io/b.[noNs]\"");
}

TEST(NameReference, RefusesListsOfLists) {
    Resources all = objects("{kind: Role, metadata: {name: r}, rules: [{resourceNames: [[a]]}]}");
    EXPECT_FALSE(update(all));
}

TEST(NameReference, ReferrersAreChosenByTheirFirstKind) {
    Resources all = prefixed(R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {template: {spec: {volumes: [{configMap: {name: c}}]}}}}
)",
                             "p-");
    all[1].object.at("kind") = "Rollout";
    ASSERT_TRUE(update(all));
    EXPECT_EQ(model::find_string(all[1].object.at("spec").at("template").at("spec").at("volumes").at(0),
                                 {"configMap", "name"}),
              "p-c");
}

}  // namespace
}  // namespace transform
