// SPDX-License-Identifier: 0BSD
#include "model/status.hpp"

#include <gtest/gtest.h>

#include "model/json.hpp"
#include "model/ready_reason.hpp"
#include "model/yaml.hpp"

namespace model {
namespace {

constexpr const char* kEverything = R"(
status:
  conditions:
  - {type: Ready, status: "False", reason: StageFailed, message: m, lastTransitionTime: "2026-01-02T03:04:05Z",
     observedGeneration: 3}
  - {type: Other, status: "True", reason: R, message: "", lastTransitionTime: "2026-01-02T03:04:05Z", foreign: 1}
  observedGeneration: 3
  lastHandledReconcileAt: t1
  lastAttemptedRevisions: {t/a: r2}
  lastAppliedRevisions: {t/a: r1}
  version: 1.0.0
  pendingMigrations: [p]
  executedMigrations: [e]
  inventoryMode: entries
  stages:
  - name: one
    phase: Ready
    appliedRevision: r1
    entriesCount: 2
    shards: 1
    message: m
    executedActions: [a, b]
    ledgerRevision: r1
    lastHandledReconcileAt: t2
    future: {x: 1}
  - {name: two, phase: Dreaming}
  lastAppliedSnapshot: [{stage: one, url: u, digest: d, revision: r, substitutionDigest: s, future: 1}]
  pendingUpdate: {revisions: {t/a: r3}, nextWindowOpens: "2026-01-03T00:00:00Z", future: 1}
  lastHandledUpdateOverride: t3
  future: [1, {y: null}]
)";

Value object(std::string_view yaml) { return *parse_yaml_one(yaml, "test"); }

TEST(Status, ReadsEveryField) {
    const StageSetStatus status = parse_status(object(kEverything));
    ASSERT_EQ(status.conditions.size(), 2U);
    EXPECT_EQ(status.conditions[0].reason, "StageFailed");
    EXPECT_EQ(status.conditions[0].message, "m");
    EXPECT_EQ(status.conditions[0].observed_generation, 3);
    EXPECT_EQ(status.observed_generation, 3);
    EXPECT_EQ(status.last_handled_reconcile_at, "t1");
    EXPECT_EQ(status.last_attempted_revisions.at("t/a"), "r2");
    EXPECT_EQ(status.last_applied_revisions.at("t/a"), "r1");
    EXPECT_EQ(status.version, "1.0.0");
    EXPECT_EQ(status.pending_migrations, std::vector<std::string>{"p"});
    EXPECT_EQ(status.executed_migrations, std::vector<std::string>{"e"});
    EXPECT_EQ(status.inventory_mode, "entries");
    ASSERT_EQ(status.stages.size(), 2U);
    const StageStatus& stage = status.stages[0];
    EXPECT_EQ(stage.name, "one");
    EXPECT_EQ(stage.phase, StagePhase::kReady);
    EXPECT_EQ(stage.applied_revision, "r1");
    EXPECT_EQ(stage.entries_count, 2);
    EXPECT_EQ(stage.shards, 1);
    EXPECT_EQ(stage.message, "m");
    EXPECT_EQ(stage.executed_actions, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(stage.ledger_revision, "r1");
    EXPECT_EQ(stage.last_handled_reconcile_at, "t2");
    EXPECT_EQ(status.stages[1].phase, StagePhase::kUnknown);
    EXPECT_EQ(status.last_applied_snapshot.at(0).digest, "d");
    EXPECT_EQ(status.last_applied_snapshot[0].substitution_digest, "s");
    EXPECT_EQ(status.pending_update->revisions.at("t/a"), "r3");
    EXPECT_EQ(status.pending_update->next_window_opens, *base::parse_rfc3339("2026-01-03T00:00:00Z"));
    EXPECT_EQ(status.last_handled_update_override, "t3");
}

TEST(Status, ComesBackWithAllThatItDoesNotKnow) {
    const Value whole = object(kEverything);
    EXPECT_EQ(to_json(to_value(parse_status(whole))), to_json(*find(whole, {"status"})));
}

TEST(Status, LeavesOutWhatIsEmpty) {
    EXPECT_EQ(to_json(to_value(StageSetStatus())), "{}");
    EXPECT_EQ(to_json(to_value(
                  parse_status(object("{status: {version: '', stages: [], lastAppliedRevisions: {}}}")))),
              "{}");
    StageSetStatus status = parse_status(object(kEverything));
    status.stages[0] = StageStatus();
    status.stages[0].name = "one";
    status.stages.pop_back();
    status.pending_update.reset();
    status.pending_migrations.clear();
    const Value value = to_value(status);
    EXPECT_EQ(to_json(*find(value, {"stages"})), R"([{"name":"one"}])");
    EXPECT_EQ(find(value, {"pendingUpdate"}), nullptr);
    EXPECT_EQ(find(value, {"pendingMigrations"}), nullptr);
}

TEST(Status, KeepsUnknownFieldsOfWhatChanges) {
    StageSetStatus status = parse_status(object(kEverything));
    status.stages[0].phase = StagePhase::kFailed;
    status.stages[0].message.clear();
    status.stages[1].phase = StagePhase::kPending;
    const Value value = to_value(status);
    const Array& stages = *find_array(value, {"stages"});
    EXPECT_EQ(find_string(stages[0], {"phase"}), "Failed");
    EXPECT_EQ(find(stages[0], {"message"}), nullptr);
    EXPECT_EQ(find_integer(stages[0], {"future", "x"}), 1);
    EXPECT_EQ(find_string(stages[1], {"phase"}), "Pending");
}

TEST(Status, SurvivesGarbage) {
    const char* cases[] = {
        "{}",
        "[]",
        "{status: null}",
        "{status: text}",
        "{status: {conditions: text, stages: {a: 1}, observedGeneration: text, lastAppliedRevisions: [1]}}",
        "{status: {conditions: [1, null, {type: 2}], stages: [x, {name: 1, shards: 1e30}]}}",
        "{status: {pendingUpdate: 3, version: 1.5, executedMigrations: [1, {}], lastAppliedSnapshot: [[]]}}",
        "{status: {pendingUpdate: {nextWindowOpens: soon, revisions: [1]}, stages: [{entriesCount: -0.5}]}}",
    };
    for (const char* yaml : cases) {
        const StageSetStatus status = parse_status(object(yaml));
        EXPECT_EQ(status.observed_generation, 0) << yaml;
        EXPECT_TRUE(status.last_applied_revisions.empty()) << yaml;
        EXPECT_TRUE(status.version.empty()) << yaml;
        const Value again = to_value(status);
        EXPECT_EQ(to_json(to_value(parse_status(Value{{"status", again}}))), to_json(again)) << yaml;
    }
    const StageSetStatus mixed = parse_status(object(cases[5]));
    EXPECT_EQ(mixed.conditions.size(), 1U);
    EXPECT_EQ(mixed.stages.size(), 1U);
    EXPECT_EQ(mixed.stages[0].shards, 0);
}

TEST(StagePhase, IsNamedAsTheSchemaSays) {
    for (const char* name : {"Pending", "Applying", "Pruning", "Verifying", "Ready", "Failed"}) {
        const auto status = parse_status(Value{{"status", {{"stages", {{{"name", "a"}, {"phase", name}}}}}}});
        ASSERT_EQ(status.stages.size(), 1U);
        EXPECT_EQ(to_string(status.stages[0].phase), name);
    }
    EXPECT_EQ(to_string(StagePhase::kUnknown), "");
}

Condition condition(std::string status, std::string message) {
    Condition result;
    result.type = "Ready";
    result.status = std::move(status);
    result.reason = "R";
    result.message = std::move(message);
    return result;
}

base::WallTime at(std::string_view text) { return *base::parse_rfc3339(text); }

TEST(SetCondition, MovesTheTimeOnlyWhenTheStatusChanges) {
    std::vector<Condition> conditions;
    set_condition(conditions, condition("False", "one"), at("2026-01-01T00:00:00Z"));
    ASSERT_EQ(conditions.size(), 1U);
    EXPECT_EQ(conditions[0].last_transition_time, "2026-01-01T00:00:00Z");
    set_condition(conditions, condition("False", "two"), at("2026-01-02T00:00:00Z"));
    ASSERT_EQ(conditions.size(), 1U);
    EXPECT_EQ(conditions[0].message, "two");
    EXPECT_EQ(conditions[0].last_transition_time, "2026-01-01T00:00:00Z");
    set_condition(conditions, condition("True", "three"), at("2026-01-03T00:00:00Z"));
    EXPECT_EQ(conditions[0].last_transition_time, "2026-01-03T00:00:00Z");
}

TEST(SetCondition, ReplacesATimeThatIsNone) {
    std::vector<Condition> conditions = {condition("True", "")};
    conditions[0].last_transition_time = "never";
    set_condition(conditions, condition("True", ""), at("2026-01-03T00:00:00Z"));
    EXPECT_EQ(conditions[0].last_transition_time, "2026-01-03T00:00:00Z");
}

TEST(SetCondition, LeavesOtherTypesAndUnknownFieldsAlone) {
    std::vector<Condition> conditions = parse_status(object(kEverything)).conditions;
    conditions[0].raw["foreign"] = 7;
    set_condition(conditions, condition("True", "m"), at("2026-01-03T00:00:00Z"));
    ASSERT_EQ(conditions.size(), 2U);
    EXPECT_EQ(conditions[0].raw.at("foreign"), Value(7));
    EXPECT_EQ(conditions[1].type, "Other");
    EXPECT_EQ(find_condition(conditions, "Ready")->status, "True");
    EXPECT_EQ(find_condition(conditions, "Nothing"), nullptr);
}

TEST(SetCondition, CutsTheMessageBetweenCharacters) {
    std::vector<Condition> conditions;
    set_condition(conditions, condition("True", std::string(kMessageBytesMax, 'x') + "y"), {});
    EXPECT_EQ(conditions[0].message, std::string(kMessageBytesMax, 'x'));
    set_condition(conditions, condition("True", std::string(kMessageBytesMax - 1, 'x') + "é"), {});
    EXPECT_EQ(conditions[0].message, std::string(kMessageBytesMax - 1, 'x'));
}

TEST(ReadyReason, LinksToItsPageUnlessHealthy) {
    EXPECT_EQ(runbook_suffix(ReadyReason::kStageFailed),
              " (runbook: https://stageset.projects.metio.wtf/runbooks/stagefailed/)");
    EXPECT_EQ(runbook_suffix(ReadyReason::kDowngradeRequiresMigration),
              " (runbook: https://stageset.projects.metio.wtf/runbooks/downgraderequiresmigration/)");
    EXPECT_EQ(runbook_suffix(ReadyReason::kSucceeded), "");
    EXPECT_EQ(runbook_suffix(ReadyReason::kSuspended), "");
    const char* names[] = {"Succeeded",
                           "Suspended",
                           "InvalidSpec",
                           "DependencyNotReady",
                           "Stalled",
                           "SourceNotReady",
                           "ArtifactNotFound",
                           "ResolveFailed",
                           "UpdateDeferred",
                           "InvalidVersion",
                           "DowngradeRequiresMigration",
                           "StageFailed",
                           "PreviousRevisionUnavailable",
                           "Terminating"};
    ASSERT_EQ(kReadyReasons.size(), std::size(names));
    for (std::size_t index = 0; index < kReadyReasons.size(); ++index) {
        EXPECT_EQ(to_string(kReadyReasons[index]), names[index]);
    }
}

}  // namespace
}  // namespace model
