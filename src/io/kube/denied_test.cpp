// SPDX-License-Identifier: 0BSD
#include "io/kube/denied.hpp"

#include <gtest/gtest.h>

namespace kube {
namespace {

const std::string kSecret =
    "secrets \"x\" is forbidden: User \"system:serviceaccount:t:deployer\" cannot patch resource \"secrets\" "
    "in API "
    "group \"\" in the namespace \"t\"";
const std::string kRole =
    "clusterroles.rbac.authorization.k8s.io \"r\" is forbidden: User \"jane\" cannot get resource "
    "\"clusterroles\" in "
    "API group \"rbac.authorization.k8s.io\" at the cluster scope";

struct Case {
    std::string name;
    std::string text;
    std::vector<Denied> expected;
};

class DeniedRights : public ::testing::TestWithParam<Case> {};

TEST_P(DeniedRights, AreReadFromTheServersSentence) {
    EXPECT_EQ(denied_in(GetParam().text, 5), GetParam().expected);
}

const Denied kPatchSecrets{"system:serviceaccount:t:deployer", "patch", "secrets", "", "t"};
const Denied kGetRoles{"jane", "get", "clusterroles", "rbac.authorization.k8s.io", ""};

INSTANTIATE_TEST_SUITE_P(
    Table, DeniedRights,
    ::testing::Values(Case{"InANamespace", "apply: " + kSecret, {kPatchSecrets}},
                      Case{"AtTheClusterScope", kRole, {kGetRoles}},
                      Case{"Several", kSecret + "; " + kRole, {kPatchSecrets, kGetRoles}},
                      Case{"TheSameOnce", kSecret + "; " + kSecret, {kPatchSecrets}},
                      Case{"Subresource",
                           "User \"c\" cannot create resource \"serviceaccounts/token\" in API group \"\" in "
                           "the namespace \"t\"",
                           {{"c", "create", "serviceaccounts/token", "", "t"}}},
                      Case{"Admission",
                           "configmaps \"o\" is forbidden: ValidatingAdmissionPolicy 'p' denied request: no",
                           {}},
                      Case{"Path", "forbidden: User \"u\" cannot get path \"/api\"", {}},
                      Case{"CutOff", kSecret.substr(0, kSecret.size() - 15), {}},
                      Case{"Endless",
                           "User \"" + std::string(10'000, 'x') +
                               "\" cannot get resource \"a\" in API group \"\" at the cluster scope",
                           {}},
                      Case{"Nothing", "", {}}),
    [](const auto& info) { return info.param.name; });

TEST(RightsHint, NamesTheRoleAndAllThatAStageNeedsOfTheKind) {
    EXPECT_EQ(
        rights_hint(kSecret),
        "grant system:serviceaccount:t:deployer a Role in namespace \"t\" with the rule {apiGroups: [\"\"], "
        "resources: [secrets], verbs: [get, create, patch, delete]}");
}

TEST(RightsHint, NamesTheClusterRoleAndTheVerbThatReadingNeeds) {
    EXPECT_EQ(
        rights_hint(kRole),
        "grant jane a ClusterRole with the rule {apiGroups: [\"rbac.authorization.k8s.io\"], resources: "
        "[clusterroles], verbs: [get]}");
}

TEST(RightsHint, SaysNothingWithoutAMissingRight) { EXPECT_EQ(rights_hint("connection refused"), ""); }

}  // namespace
}  // namespace kube
