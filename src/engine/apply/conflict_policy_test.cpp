// SPDX-License-Identifier: 0BSD
#include "engine/apply/conflict_policy.hpp"

#include <gtest/gtest.h>

#include "io/kube/testing/fake_api.hpp"

namespace apply {
namespace {

using model::ConflictAction;
using model::ConflictRule;
using model::ConflictTarget;
using model::Value;

Value object(const std::string& api_version, const std::string& kind, const std::string& name = "x",
             const std::string& ns = "t") {
    return {{"apiVersion", api_version}, {"kind", kind}, {"metadata", {{"name", name}, {"namespace", ns}}}};
}

Value with(Value object, std::string_view annotation, const std::string& text) {
    model::ensure_object(object, {"metadata", "annotations"})[annotation] = text;
    return object;
}

ConflictRule rule(ConflictTarget target, ConflictAction action, bool allow_data_loss = false) {
    return {std::move(target), action, allow_data_loss};
}

const ConflictTarget kAny{};
const ConflictTarget kJobs{"batch/v1", "Job", "", ""};

struct Case {
    const char* name;
    Value desired;
    ConflictRules rules;
    ConflictAction action;
    bool allows_data_loss = false;
};

class TreatmentTest : public ::testing::TestWithParam<Case> {};

TEST_P(TreatmentTest, IsTheFirstThatApplies) {
    const Treatment treatment = treatment_of(GetParam().desired, GetParam().rules);
    EXPECT_EQ(treatment.action, GetParam().action);
    EXPECT_EQ(treatment.allows_data_loss, GetParam().allows_data_loss);
}

const Value kJob = object("batch/v1", "Job");
const std::string kForce = "stages.metio.wtf/force";

INSTANTIATE_TEST_SUITE_P(
    Table, TreatmentTest,
    ::testing::Values(
        Case{"NothingSaidFails", kJob, {}, ConflictAction::kFail},
        Case{"TheDefaultCounts", kJob, {ConflictAction::kRecreate, {}}, ConflictAction::kRecreate},
        Case{"ARuleBeatsTheDefault",
             kJob,
             {ConflictAction::kRecreate, {rule(kJobs, ConflictAction::kKeepExisting)}},
             ConflictAction::kKeepExisting},
        Case{"AFailRuleBeatsTheDefault",
             kJob,
             {ConflictAction::kRecreate, {rule(kJobs, ConflictAction::kFail)}},
             ConflictAction::kFail},
        Case{"TheFirstRuleThatNamesItCounts",
             kJob,
             {ConflictAction::kFail,
              {rule({"", "Deployment", "", ""}, ConflictAction::kFail),
               rule(kJobs, ConflictAction::kRecreate, true), rule(kAny, ConflictAction::kKeepExisting)}},
             ConflictAction::kRecreate,
             true},
        Case{"AnEmptyTargetNamesAll",
             kJob,
             {ConflictAction::kFail, {rule(kAny, ConflictAction::kRecreate)}},
             ConflictAction::kRecreate},
        Case{"AnotherVersionIsNotNamed",
             kJob,
             {ConflictAction::kFail, {rule({"batch/v1beta1", "", "", ""}, ConflictAction::kRecreate)}},
             ConflictAction::kFail},
        Case{"TheKindIsComparedExactly",
             kJob,
             {ConflictAction::kFail, {rule({"", "job", "", ""}, ConflictAction::kRecreate)}},
             ConflictAction::kFail},
        Case{"TheNameIsComparedExactly",
             kJob,
             {ConflictAction::kFail, {rule({"", "", "", "X"}, ConflictAction::kRecreate)}},
             ConflictAction::kFail},
        Case{"AnotherNamespaceIsNotNamed",
             kJob,
             {ConflictAction::kFail, {rule({"", "", "other", ""}, ConflictAction::kRecreate)}},
             ConflictAction::kFail},
        Case{"AllFieldsTogether",
             kJob,
             {ConflictAction::kFail, {rule({"batch/v1", "Job", "t", "x"}, ConflictAction::kRecreate)}},
             ConflictAction::kRecreate},
        Case{"TheAnnotationBeatsARule",
             with(kJob, kForce, "enabled"),
             {ConflictAction::kFail, {rule(kAny, ConflictAction::kKeepExisting)}},
             ConflictAction::kRecreate,
             true},
        Case{"TheAnnotationInOtherLetters",
             with(kJob, kForce, "Enabled"),
             {},
             ConflictAction::kRecreate,
             true},
        Case{"AnotherValueOfTheAnnotation", with(kJob, kForce, "true"), {}, ConflictAction::kFail},
        Case{"TheKeepMarkIsNoWish",
             with(kJob, "stages.metio.wtf/keep-existing", "true"),
             {},
             ConflictAction::kFail}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(ConflictRules, ForceIsADefaultThatThePolicyOverrides) {
    model::Stage stage;
    EXPECT_EQ(conflict_rules_of(stage).default_action, ConflictAction::kFail);
    stage.force = true;
    EXPECT_EQ(conflict_rules_of(stage).default_action, ConflictAction::kRecreate);
    stage.conflict_policy =
        model::ConflictPolicy{ConflictAction::kKeepExisting, {rule(kJobs, ConflictAction::kFail)}};
    EXPECT_EQ(conflict_rules_of(stage).default_action, ConflictAction::kKeepExisting);
    EXPECT_EQ(conflict_rules_of(stage).rules.size(), 1U);
}

TEST(Unguarded, OnlyARuleOverAVolumeIsTold) {
    const Value claim = object("v1", "PersistentVolumeClaim", "data");
    const Value volume = object("v1", "PersistentVolume", "disk", "");
    const ConflictRules by_rule{ConflictAction::kFail, {rule(kAny, ConflictAction::kRecreate)}};
    const auto told = find_unguarded({kJob, claim}, by_rule);
    ASSERT_TRUE(told);
    EXPECT_TRUE(told->starts_with("conflictPolicy.rules[0] would recreate PersistentVolumeClaim/t/data"))
        << *told;
    EXPECT_NE(told->find("allowDataLoss: true"), std::string::npos) << *told;
    EXPECT_TRUE(find_unguarded({volume}, by_rule));
    EXPECT_FALSE(find_unguarded({kJob}, by_rule));
    EXPECT_FALSE(find_unguarded({object("storage.example/v1", "PersistentVolumeClaim")}, by_rule));
    EXPECT_FALSE(
        find_unguarded({claim}, {ConflictAction::kFail, {rule(kAny, ConflictAction::kRecreate, true)}}));
    EXPECT_FALSE(
        find_unguarded({claim}, {ConflictAction::kFail, {rule(kAny, ConflictAction::kKeepExisting)}}));
    EXPECT_FALSE(find_unguarded({claim}, {ConflictAction::kRecreate, {}})) << "told when there is a conflict";
    EXPECT_FALSE(find_unguarded({with(claim, kForce, "enabled")}, by_rule)) << "its owner says so";
}

base::Error immutable(const std::string& field = "spec.template") {
    return kube::testing::server_error(
        base::ErrorCode::kInvalid, 422, "Invalid", "Job \"x\" is invalid",
        {{"FieldValueInvalid", "Invalid value: {\"secret\":\"s3cret\"}: field is immutable", field}});
}

TEST(Conflict, WithoutRecreateTheFieldIsNamedAndItsValueIsNot) {
    for (const ConflictAction action : {ConflictAction::kFail, ConflictAction::kKeepExisting}) {
        const auto judged = judge_conflict(kJob, {action}, immutable());
        ASSERT_FALSE(judged);
        EXPECT_EQ(judged.error().code, base::ErrorCode::kInvalid);
        EXPECT_NE(judged.error().text().find("spec.template: field is immutable"), std::string::npos);
        EXPECT_NE(judged.error().text().find("stages.metio.wtf/force: enabled"), std::string::npos);
        EXPECT_EQ(judged.error().text().find("s3cret"), std::string::npos);
    }
}

TEST(Conflict, RecreateIsForConflictsOnly) {
    const Treatment recreate{ConflictAction::kRecreate, false, std::nullopt};
    EXPECT_TRUE(judge_conflict(kJob, recreate, immutable()));
    EXPECT_TRUE(judge_conflict(
        kJob, recreate, kube::testing::server_error(base::ErrorCode::kConflict, 409, "Conflict", "no")));
    EXPECT_FALSE(judge_conflict(kJob, recreate, {base::ErrorCode::kForbidden, "no right"}));
    EXPECT_FALSE(
        judge_conflict(kJob, recreate,
                       kube::testing::server_error(
                           base::ErrorCode::kConflict, 409, "Conflict",
                           "the object has been modified; please apply your changes to the latest version")));
    Value pinned = kJob;
    pinned.at("metadata").as_object()["uid"] = "1";
    const auto judged = judge_conflict(
        pinned, recreate,
        kube::testing::server_error(base::ErrorCode::kConflict, 409, "Conflict", "uid mismatch"));
    ASSERT_FALSE(judged) << "a new object would be refused as well";
    EXPECT_NE(judged.error().text().find("remove metadata.uid"), std::string::npos);
}

TEST(Conflict, AVolumeIsRecreatedOnlyWhereDataLossIsAllowed) {
    const Value claim = object("v1", "PersistentVolumeClaim", "data");
    const auto by_default =
        judge_conflict(claim, {ConflictAction::kRecreate, false, std::nullopt}, immutable("spec"));
    ASSERT_FALSE(by_default);
    EXPECT_NE(by_default.error().text().find("names PersistentVolumeClaim/t/data with action Recreate and "
                                             "allowDataLoss: true"),
              std::string::npos)
        << by_default.error().text();
    EXPECT_NE(by_default.error().text().find("conflictPolicy.default or force"), std::string::npos);
    EXPECT_FALSE(judge_conflict(claim, {ConflictAction::kRecreate, false, 2}, immutable("spec")));
    EXPECT_TRUE(judge_conflict(claim, {ConflictAction::kRecreate, true, 2}, immutable("spec")));
}

TEST(Marks, AreThoseOfTheWire) {
    Value recreated = kJob;
    mark(recreated, ConflictAction::kRecreate);
    EXPECT_EQ(model::annotation_of(recreated, "stages.metio.wtf/force"), "enabled");
    Value kept = kJob;
    mark(kept, ConflictAction::kKeepExisting);
    EXPECT_EQ(model::annotation_of(kept, "stages.metio.wtf/keep-existing"), "true");
    Value plain = kJob;
    mark(plain, ConflictAction::kFail);
    EXPECT_EQ(plain, kJob);
    EXPECT_EQ(stale_marks(plain, recreated), std::vector<std::string>{"stages.metio.wtf/force"});
    EXPECT_EQ(stale_marks(kept, kept), std::vector<std::string>{});
    EXPECT_EQ(stale_marks(recreated, kept), std::vector<std::string>{"stages.metio.wtf/keep-existing"});
}

}  // namespace
}  // namespace apply
