// SPDX-License-Identifier: 0BSD
#include "control/reconcile/awaited.hpp"

#include <gtest/gtest.h>

namespace reconcile {
namespace {

struct JudgesThings final : readiness::HealthRules {
    bool judges(std::string_view group, std::string_view kind) const override {
        return group == "example.org" && kind == "Thing";
    }
    readiness::Verdict judge(const model::Value&) const override { return {}; }
};

apply::AppliedObject applied(std::string group, std::string kind, std::string ns, std::string name) {
    return {
        {group, kind, std::move(ns), std::move(name)}, {group, "v1", kind}, apply::Outcome::kUnchanged, "7"};
}

std::vector<apply::AppliedObject> all() {
    return {applied("apps", "Deployment", "t", "web"), applied("example.org", "Thing", "t", "x"),
            applied("", "Namespace", "", "n")};
}

// "Deployment/t/web@7 …"; what is only named by a user has no version.
std::string text_of(const std::vector<apply::Awaited>& awaited) {
    std::string text;
    for (const apply::Awaited& one : awaited) {
        const model::ObjectId id{one.ref.gvk.group, one.ref.gvk.kind, one.ref.ns, one.ref.name};
        text += (text.empty() ? "" : " ") + id.text() + (one.applied ? "@" + one.resource_version : "");
    }
    return text;
}

struct Case {
    std::string name;
    std::vector<model::ObjectReference> checks;
    bool wait_disabled = false;
    bool has_rules = false;
    std::string awaited;
};

TEST(Awaited, IsWhatTheReadyChecksSay) {
    const std::vector<Case> cases = {
        {"AllThatWasApplied", {}, false, false, "Deployment/t/web@7 Thing/t/x@7 Namespace/n@7"},
        {"RulesDoNotNarrow", {}, false, true, "Deployment/t/web@7 Thing/t/x@7 Namespace/n@7"},
        {"Nothing", {}, true, false, ""},
        {"OnlyWhatAnExpressionJudges", {}, true, true, "Thing/t/x@7"},
        {"OnlyWhatIsNamed", {{"apps/v1", "Deployment", "", "other"}}, false, true, "Deployment/t/other"},
        {"NamesGateWithoutTheDefaultWait",
         {{"apps/v1", "Deployment", "", "other"}},
         true,
         true,
         "Deployment/t/other"},
        {"ItsOwnNamespace", {{"apps/v1", "Deployment", "o", "web"}}, false, false, "Deployment/o/web"},
        {"AnAppliedOneInAnyVersion",
         {{"apps/v1beta9", "Deployment", "", "web"}},
         false,
         false,
         "Deployment/t/web@7"},
        {"AnAppliedClusterScopedOne", {{"v1", "Namespace", "x", "n"}}, false, false, "Namespace/n@7"},
        {"AnotherGroupIsAnotherKind",
         {{"example.org/v1", "Deployment", "", "web"}},
         false,
         false,
         "Deployment/t/web"},
        {"NoApiVersionIsTheCoreGroup", {{"", "Namespace", "", "n"}}, false, false, "Namespace/n@7"},
        {"NamedTwice",
         {{"v1", "Namespace", "", "n"}, {"v1", "Namespace", "", "n"}},
         false,
         false,
         "Namespace/n@7 Namespace/t/n"},
    };
    for (const Case& row : cases) {
        StageInput stage;
        stage.checks = row.checks;
        stage.wait_disabled = row.wait_disabled;
        if (row.has_rules) {
            stage.health = std::make_shared<const JudgesThings>();
        }
        EXPECT_EQ(text_of(awaited_of(stage, "t", all())), row.awaited) << row.name;
    }
}

TEST(Awaited, KeepsTheVersionThatWasAppliedAndTheOneThatWasNamed) {
    StageInput stage;
    stage.checks = {{"apps/v1beta9", "Deployment", "", "web"}, {"batch/v1beta1", "Job", "", "j"}};
    const auto awaited = awaited_of(stage, "t", all());
    ASSERT_EQ(awaited.size(), 2U);
    EXPECT_EQ(awaited[0].ref.gvk.version, "v1");
    EXPECT_EQ(awaited[1].ref.gvk.group, "batch");
}

}  // namespace
}  // namespace reconcile
