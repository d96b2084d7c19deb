// SPDX-License-Identifier: 0BSD
#include "engine/apply/refusal.hpp"

#include <gtest/gtest.h>

#include "io/kube/testing/fake_api.hpp"

namespace apply {
namespace {

using kube::StatusCause;

struct Case {
    const char* name;
    StatusCause cause;
    bool complains;
};

class CauseTest : public ::testing::TestWithParam<Case> {};

TEST_P(CauseTest, IsJudgedByTheServersOwnWords) {
    EXPECT_EQ(is_immutability_complaint(GetParam().cause), GetParam().complains) << GetParam().cause.message;
}

constexpr const char* kInvalid = "FieldValueInvalid";
constexpr const char* kForbidden = "FieldValueForbidden";

// What a real server answers to a change of the field.
INSTANTIATE_TEST_SUITE_P(
    Immutable, CauseTest,
    ::testing::Values(
        Case{"JobTemplate",
             {kInvalid, R"(Invalid value: {"labels":{"a":"b"},"OS":null}: field is immutable)",
              "spec.template"},
             true},
        Case{
            "JobTemplateInGoSyntax",
            {kInvalid,
             R"(Invalid value: core.PodTemplateSpec{ObjectMeta:v1.ObjectMeta{Name:"a: b", X:(*int64)(0xc0)}}: field is immutable)",
             "spec.template"},
            true},
        Case{"JobCompletions", {kInvalid, "Invalid value: 3: field is immutable", "spec.completions"}, true},
        Case{"Selector",
             {kInvalid, R"(Invalid value: {"matchLabels":{"a":"c"}}: field is immutable)", "spec.selector"},
             true},
        Case{"StatefulSet",
             {kForbidden,
              "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', "
              "'template', 'updateStrategy', "
              "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are "
              "forbidden",
              "spec"},
             true},
        Case{"ServiceClusterIp",
             {kInvalid, R"(Invalid value: ["None"]: may not change once set)", "spec.clusterIPs[0]"},
             true},
        Case{"ServiceLoadBalancerClass",
             {kInvalid, R"(Invalid value: "x.io/b": may not change once set)", "spec.loadBalancerClass"},
             true},
        Case{"Claim",
             {kForbidden,
              "Forbidden: spec is immutable after creation except resources.requests and "
              "volumeAttributesClassName for bound claims\n"
              "@@ -1 +1 @@\n- \"a\"\n+ \"b\"\n",
              "spec"},
             true},
        Case{"VolumeSource",
             {kForbidden, "Forbidden: spec.persistentvolumesource is immutable after creation\n@@ -1 +1 @@",
              "spec.persistentvolumesource"},
             true},
        Case{
            "VolumeAffinity",
            {kInvalid,
             R"(Invalid value: {"Required":null}: field is immutable, except for updating from beta label to GA)",
             "nodeAffinity"},
            true},
        Case{"ImmutableConfigMap",
             {kForbidden, "Forbidden: field is immutable when `immutable` is set", "data"},
             true},
        Case{
            "PriorityClassValue", {kForbidden, "Forbidden: may not be changed in an update.", "value"}, true},
        Case{"RoleRef",
             {kInvalid, R"(Invalid value: {"Kind":"ClusterRole","Name":"edit"}: cannot change roleRef)",
              "roleRef"},
             true},
        Case{"PodFields",
             {kForbidden,
              "Forbidden: pod updates may not change fields other than `spec.containers[*].image`\n@@",
              "spec"},
             true},
        Case{"PodContainers",
             {kForbidden, "Forbidden: pod updates may not add or remove containers", "spec.containers"},
             true},
        Case{"CustomRule", {kInvalid, R"(Invalid value: "2": Value is immutable)", "spec.a"}, true},
        Case{"CustomRuleWithoutWords",
             {kInvalid, R"(Invalid value: "2": failed rule: self == oldSelf)", "spec.b"},
             true}),
    [](const auto& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Other, CauseTest,
    ::testing::Values(
        Case{"Required",
             {"FieldValueRequired", "Required value", "spec.template.spec.containers[0].image"},
             false},
        Case{"NotSupported",
             {"FieldValueNotSupported", R"(Unsupported value: "Alwayss": supported values: "Never")", "a"},
             false},
        Case{"OutOfRange",
             {kInvalid, "Invalid value: -1: must be greater than or equal to 0", "spec.replicas"},
             false},
        Case{"AValueThatSpeaksOfImmutability",
             {kInvalid, R"(Invalid value: "this is immutable": a lowercase RFC 1123 label)", "a"},
             false},
        Case{"AQuotedValueWithQuotes",
             {kInvalid, R"(Invalid value: "a\": field is immutable": too long)", "a"},
             false},
        Case{"ADifferenceThatSpeaksOfImmutability",
             {kForbidden, "Forbidden: no\n+ \"it is immutable\"", "spec"},
             false},
        Case{"ARuleOfAnotherKind",
             {kInvalid, R"(Invalid value: "2": failed rule: self >= oldSelf)", "spec.b"},
             false},
        Case{"ShrinkingAClaim",
             {kForbidden, "Forbidden: field can not be less than status.capacity",
              "spec.resources.requests.storage"},
             false},
        Case{"ANamedUid", {kInvalid, R"(Invalid value: "1": field is immutable)", "metadata.uid"}, false},
        Case{"Nothing", {"", "", ""}, false},
        Case{"AValueWithoutEnd", {kInvalid, R"(Invalid value: {"a": field is immutable)", "a"}, false}),
    [](const auto& info) { return std::string(info.param.name); });

const StatusCause kImmutableCause{kInvalid, "Invalid value: 3: field is immutable", "spec.completions"};
const StatusCause kTypo{"FieldValueRequired", "Required value", "spec.template.spec.containers[0].image"};

base::Error error(int status, std::string message, std::vector<StatusCause> causes = {}) {
    return kube::testing::server_error(status == 409 ? base::ErrorCode::kConflict : base::ErrorCode::kInvalid,
                                       status, "", std::move(message), std::move(causes));
}

TEST(Refusal, IsImmutableOnlyWhenNothingElseIsWrong) {
    EXPECT_EQ(refusal_of(error(422, "invalid", {kImmutableCause})), Refusal::kImmutable);
    EXPECT_EQ(refusal_of(error(422, "invalid", {kImmutableCause, kImmutableCause})), Refusal::kImmutable);
    EXPECT_EQ(refusal_of(error(422, "invalid", {kTypo})), Refusal::kOther);
    EXPECT_EQ(refusal_of(error(422, "invalid", {kTypo, kImmutableCause})), Refusal::kOther)
        << "it would be deleted and could not be created";
    EXPECT_EQ(refusal_of(error(500, "oops", {kImmutableCause})), Refusal::kOther);
}

TEST(Refusal, OfAWebhookIsJudgedByItsMessage) {
    for (const int status : {400, 403, 422}) {
        EXPECT_EQ(
            refusal_of(error(status, "admission webhook \"x\" denied the request: spec.size is immutable")),
            Refusal::kImmutable);
    }
    EXPECT_EQ(refusal_of(error(422, "admission webhook \"x\" denied the request: too big")), Refusal::kOther);
    EXPECT_EQ(refusal_of(error(500, "it is immutable")), Refusal::kOther);
    EXPECT_EQ(refusal_of({base::ErrorCode::kInvalid, "it is immutable"}), Refusal::kOther)
        << "no answer of a server";
}

TEST(Refusal, TwoWritersAtOnceAreARace) {
    EXPECT_EQ(
        refusal_of(error(409,
                         "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; "
                         "please apply your changes to the latest version and try again")),
        Refusal::kRace);
    EXPECT_EQ(refusal_of(error(409, "no")), Refusal::kConflict);
}

TEST(ImmutableFields, AreNamedOnceAndWithoutTheirValues) {
    EXPECT_EQ(immutable_fields(error(422, "invalid", {kImmutableCause, kImmutableCause})),
              "spec.completions: field is immutable");
    EXPECT_EQ(immutable_fields(
                  error(422, "invalid",
                        {{kForbidden, "Forbidden: spec is immutable\n+ secret", "spec"}, kImmutableCause})),
              "spec: spec is immutable; spec.completions: field is immutable");
    EXPECT_EQ(immutable_fields(error(403, "x is immutable")), "x is immutable");
    EXPECT_EQ(immutable_fields({base::ErrorCode::kInvalid, "x"}), "");
}

}  // namespace
}  // namespace apply
