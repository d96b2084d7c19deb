// SPDX-License-Identifier: 0BSD
#include "control/reconcile/outcome.hpp"

#include <gtest/gtest.h>

namespace reconcile {
namespace {

using model::ReadyReason;
using model::StagePhase;

constexpr base::Duration kInterval = std::chrono::minutes(7);
constexpr base::Duration kRetry = std::chrono::minutes(2);
const base::WallTime kNow{std::chrono::seconds(1'750'000'000)};

model::StageStatus stage_status(std::string name, StagePhase phase, std::string revision = "") {
    model::StageStatus status;
    status.name = std::move(name);
    status.phase = phase;
    status.applied_revision = std::move(revision);
    return status;
}

// Two stages at revision r2, both Ready at it.
Snapshot steady_snapshot() {
    Snapshot snapshot;
    snapshot.owner = {"t", "s"};
    snapshot.generation = 3;
    snapshot.has_finalizer = true;
    snapshot.interval = kInterval;
    snapshot.retry_interval = kRetry;
    for (const char* name : {"base", "app"}) {
        StageInput stage;
        stage.name = name;
        snapshot.stages.push_back(std::move(stage));
        source::ResolvedSource resolved;
        resolved.ns = "t";
        resolved.name = "src";
        resolved.revision = "r2";
        snapshot.sources.push_back(std::move(resolved));
        snapshot.status.stages.push_back(stage_status(name, StagePhase::kReady, "r2"));
        snapshot.stored.stages[name] = {};
    }
    snapshot.status.observed_generation = 3;
    snapshot.status.last_applied_revisions = {{"t/src", "r2"}};
    snapshot.status.inventory_mode = "hybrid";
    return snapshot;
}

StageResult stage_result(std::string name, bool applied, bool ready) {
    StageResult result;
    result.name = std::move(name);
    result.applied = applied;
    result.ready = ready;
    result.revision = "r2";
    result.entry_count = 4;
    result.shard_count = 1;
    return result;
}

RolloutResult failed_result() {
    RolloutResult result;
    result.stages = {stage_result("base", true, true), stage_result("app", false, false)};
    result.failure = StageFailure{"app", "apply", {base::ErrorCode::kInvalid, "refused"}};
    return result;
}

struct ActionCase {
    std::string name;
    void (*change)(Snapshot&);
    std::string action;  // "nothing", "teardown", "rollout", "steady", or the reason
    bool add_finalizer = false;
    Requeue requeue = Requeue::kNever;
};

std::string action_of(const Plan& plan) {
    if (const auto* report = std::get_if<Report>(&plan.action)) {
        EXPECT_FALSE(report->verdict.ready);
        EXPECT_FALSE(report->verdict.message.empty());
        return std::string(model::to_string(report->verdict.reason));
    }
    if (std::holds_alternative<Rebuild>(plan.action)) {
        return "rebuild";
    }
    if (const auto* rollout = std::get_if<Rollout>(&plan.action)) {
        return rollout->steady ? "steady" : "rollout";
    }
    return std::holds_alternative<Teardown>(plan.action) ? "teardown" : "nothing";
}

void unresolve(Snapshot& s, source::Reason reason, source::Retry retry) {
    s.unresolved = source::Unresolved{reason, retry, "stage \"base\": why"};
}

using source::Reason;
using source::Retry;

const std::vector<ActionCase> kActions = {
    {"SameSpecAndRevisionsAllReadyIsSteady", [](Snapshot&) {}, "steady"},
    {"AMissingFinalizerIsAdded", [](Snapshot& s) { s.has_finalizer = false; }, "steady", true},
    {"AnotherGenerationRollsOut", [](Snapshot& s) { s.generation = 4; }, "rollout"},
    {"AnotherRevisionRollsOut", [](Snapshot& s) { s.sources[1].revision = "r3"; }, "rollout"},
    {"AFailedStageRollsOut", [](Snapshot& s) { s.status.stages[1].phase = StagePhase::kFailed; }, "rollout"},
    {"AnotherInventoryModeRollsOut", [](Snapshot& s) { s.inventory_mode = inventory::Mode::kEntries; },
     "rollout"},
    {"AMissingInventoryIsFoundAgain", [](Snapshot& s) { s.stored.stages.erase("app"); }, "rebuild"},
    {"AnInventoryThatLacksEntriesIsFoundAgain", [](Snapshot& s) { s.status.stages[0].entries_count = 1; },
     "rebuild"},
    {"ARebuiltInventoryRollsOut",
     [](Snapshot& s) {
         s.status.stages[0].entries_count = 1;
         s.stored.stages["base"].rebuilt = true;
     },
     "steady"},
    {"TheInventoryOfAStageThatNeverAppliedIsNotMissed",
     [](Snapshot& s) {
         s.stored.stages.erase("app");
         s.status.stages[1].applied_revision.clear();
         s.status.stages[1].phase = StagePhase::kFailed;
     },
     "rollout"},
    {"AMissingInventoryKeepsNobodyFromSuspending",
     [](Snapshot& s) {
         s.stored = {};
         s.suspended = true;
     },
     "Suspended"},
    {"AStageThatLeftTheSpecRollsOut", [](Snapshot& s) { s.stages.pop_back(); }, "rollout"},
    {"NothingAppliedYetRollsOut", [](Snapshot& s) { s.status = {}; }, "rollout"},
    {"SuspensionStops", [](Snapshot& s) { s.suspended = true; }, "Suspended"},
    {"SuspensionWinsOverAnInvalidSpec",
     [](Snapshot& s) {
         s.suspended = true;
         s.invalid = "x";
     },
     "Suspended"},
    {"ASuspendedNewObjectGetsTheFinalizer",
     [](Snapshot& s) {
         s.suspended = true;
         s.has_finalizer = false;
     },
     "Suspended", true},
    {"AnInvalidSpecWaitsForAChange", [](Snapshot& s) { s.invalid = "spec.stages: empty"; }, "InvalidSpec"},
    {"ASourceThatIsNotReadyIsRetried",
     [](Snapshot& s) { unresolve(s, Reason::kSourceNotReady, Retry::kWait); }, "SourceNotReady", false,
     Requeue::kRetry},
    {"AMissingArtifactIsRetried", [](Snapshot& s) { unresolve(s, Reason::kArtifactNotFound, Retry::kWait); },
     "ArtifactNotFound", false, Requeue::kRetry},
    {"AForbiddenReferenceIsLookedAtSlowly",
     [](Snapshot& s) { unresolve(s, Reason::kResolveFailed, Retry::kTerminal); }, "ResolveFailed", false,
     Requeue::kSlow},
    {"AnUnreachableApiBacksOff", [](Snapshot& s) { unresolve(s, Reason::kResolveFailed, Retry::kBackoff); },
     "ResolveFailed", false, Requeue::kBackoff},
    {"DeletionTearsDown", [](Snapshot& s) { s.deleting = true; }, "teardown"},
    {"DeletionWinsOverSuspensionAndInvalidity",
     [](Snapshot& s) {
         s.deleting = s.suspended = true;
         s.invalid = "x";
     },
     "teardown"},
    {"DeletionWithoutOurFinalizerIsOthersBusiness",
     [](Snapshot& s) {
         s.deleting = true;
         s.has_finalizer = false;
     },
     "nothing"},
};

TEST(Decide, ChoosesWhatToDo) {
    for (const ActionCase& row : kActions) {
        SCOPED_TRACE(row.name);
        Snapshot snapshot = steady_snapshot();
        row.change(snapshot);
        const Plan plan = decide(snapshot);
        EXPECT_EQ(action_of(plan), row.action);
        EXPECT_EQ(plan.add_finalizer, row.add_finalizer);
        if (const auto* report = std::get_if<Report>(&plan.action)) {
            EXPECT_EQ(report->verdict.requeue, row.requeue);
        }
    }
}

TEST(Outcome, SuccessNamesTheNumberOfStages) {
    Snapshot snapshot = steady_snapshot();
    const Verdict two = verdict_of(snapshot, {});
    EXPECT_TRUE(two.ready);
    EXPECT_EQ(two.reason, ReadyReason::kSucceeded);
    EXPECT_EQ(two.message, "All 2 stages applied");
    EXPECT_EQ(two.requeue, Requeue::kInterval);
    snapshot.stages.pop_back();
    EXPECT_EQ(verdict_of(snapshot, {}).message, "All 1 stage applied");
}

TEST(Outcome, AMissingRightIsToldWithTheRuleThatWouldGrantIt) {
    RolloutResult result = failed_result();
    result.failure->error = {
        base::ErrorCode::kForbidden,
        "secrets \"x\" is forbidden: User \"u\" cannot patch resource \"secrets\" in API group \"\" in the "
        "namespace \"t\""};
    Snapshot snapshot = steady_snapshot();
    const std::string rule =
        "grant u a Role in namespace \"t\" with the rule {apiGroups: [\"\"], resources: [secrets]";
    const std::string alone = verdict_of(snapshot, result).message;
    EXPECT_NE(alone.find("; name a ServiceAccount that may do this in spec.serviceAccountName, or " + rule),
              std::string::npos)
        << alone;
    snapshot.target.service_account = "deployer";
    const std::string tenant = verdict_of(snapshot, result).message;
    EXPECT_NE(tenant.find("namespace \"t\"; " + rule), std::string::npos) << tenant;
    EXPECT_NE(status_after(snapshot, snapshot.status, result).stages[1].message.find(rule),
              std::string::npos);
}

TEST(Outcome, AFailureNamesStageOperationAndCauseAndIsRetried) {
    const Verdict verdict = verdict_of(steady_snapshot(), failed_result());
    EXPECT_FALSE(verdict.ready);
    EXPECT_EQ(verdict.reason, ReadyReason::kStageFailed);
    EXPECT_EQ(verdict.message, "stage \"app\" apply: refused");
    EXPECT_EQ(verdict.requeue, Requeue::kRetry);
}

TEST(Outcome, AnArtifactThatCannotBeUsedWaitsForAChange) {
    struct Case {
        base::ErrorCode code;
        Requeue requeue;
    };
    using enum base::ErrorCode;
    RolloutResult result = failed_result();
    for (const Case& row : std::vector<Case>{
             {kInvalid, Requeue::kChange},        // malformed digest, unsafe archive
             {kUnsupported, Requeue::kChange},    // digest algorithm
             {kForbidden, Requeue::kChange},      // address rules, 401, 403
             {kLimitExceeded, Requeue::kChange},  // a bound
             {kUnavailable, Requeue::kRetry},     // network, 5xx, another digest
             {kNotFound, Requeue::kRetry},
             {kDeadlineExceeded, Requeue::kRetry},
             {kInternal, Requeue::kRetry},
         }) {
        result.failure = StageFailure{"app", "fetch artifact", {row.code, "why"}};
        EXPECT_EQ(verdict_of(steady_snapshot(), result).requeue, row.requeue) << base::to_string(row.code);
        result.failure->operation = "build";
        EXPECT_EQ(verdict_of(steady_snapshot(), result).requeue, Requeue::kRetry)
            << base::to_string(row.code) << " of another step may be mended elsewhere";
    }
}

TEST(Outcome, DuplicateClaimsAreAFaultOfTheSpecWhateverElseFailed) {
    RolloutResult result = failed_result();
    result.duplicate_claims = "1 object(s) are claimed by two stages";
    const Verdict verdict = verdict_of(steady_snapshot(), result);
    EXPECT_EQ(verdict.reason, ReadyReason::kInvalidSpec);
    EXPECT_EQ(verdict.message, "1 object(s) are claimed by two stages");
    EXPECT_EQ(verdict.requeue, Requeue::kSlow);
}

TEST(Outcome, TheStartHasEachStageOfTheSpecInOrderAndNoOther) {
    Snapshot snapshot = steady_snapshot();
    snapshot.status.stages = {stage_status("gone", StagePhase::kReady),
                              stage_status("app", StagePhase::kReady, "r1")};
    snapshot.status.last_attempted_revisions = {{"t/old", "r0"}};
    const model::StageSetStatus status = status_at_start(snapshot);
    ASSERT_EQ(status.stages.size(), 2U);
    EXPECT_EQ(status.stages[0].name, "base");
    EXPECT_EQ(status.stages[0].phase, StagePhase::kPending);
    EXPECT_EQ(status.stages[1].name, "app");
    EXPECT_EQ(status.stages[1].phase, StagePhase::kReady);
    EXPECT_EQ(status.stages[1].applied_revision, "r1");
    EXPECT_EQ(status.last_attempted_revisions, (std::map<std::string, std::string>{{"t/src", "r2"}}));
    EXPECT_EQ(status.last_applied_revisions, snapshot.status.last_applied_revisions);
}

TEST(Outcome, SuccessRecordsWhatEachStageApplied) {
    Snapshot snapshot = steady_snapshot();
    snapshot.status = {};
    RolloutResult result;
    result.stages = {stage_result("base", true, true), stage_result("app", true, true)};
    const model::StageSetStatus status = status_after(snapshot, status_at_start(snapshot), result);
    for (const model::StageStatus& stage : status.stages) {
        EXPECT_EQ(stage.phase, StagePhase::kReady);
        EXPECT_EQ(stage.applied_revision, "r2");
        EXPECT_EQ(stage.entries_count, 4);
        EXPECT_EQ(stage.shards, 1);
        EXPECT_EQ(stage.message, "");
    }
    EXPECT_EQ(status.last_applied_revisions, snapshot.revisions());
    EXPECT_EQ(status.inventory_mode, "hybrid");
}

TEST(Outcome, AFailedApplyKeepsTheTrulyAppliedRevision) {
    Snapshot snapshot = steady_snapshot();
    snapshot.status.stages[1].applied_revision = "r1";
    snapshot.status.stages[1].entries_count = 9;
    snapshot.status.last_applied_revisions = {{"t/src", "r1"}};
    const model::StageSetStatus status = status_after(snapshot, status_at_start(snapshot), failed_result());
    EXPECT_EQ(status.stages[0].phase, StagePhase::kReady);
    EXPECT_EQ(status.stages[1].phase, StagePhase::kFailed);
    EXPECT_EQ(status.stages[1].message, "apply: refused");
    EXPECT_EQ(status.stages[1].applied_revision, "r1");
    EXPECT_EQ(status.stages[1].entries_count, 9);
    EXPECT_EQ(status.last_applied_revisions, (std::map<std::string, std::string>{{"t/src", "r1"}}));
}

TEST(Outcome, AFailedVerificationHasAppliedItsRevision) {
    RolloutResult result;
    result.stages = {stage_result("base", true, false)};
    result.failure = StageFailure{"base", "verify", {base::ErrorCode::kDeadlineExceeded, "timed out"}};
    Snapshot snapshot = steady_snapshot();
    snapshot.status.stages[0].applied_revision = "r1";
    const model::StageSetStatus status = status_after(snapshot, status_at_start(snapshot), result);
    EXPECT_EQ(status.stages[0].phase, StagePhase::kFailed);
    EXPECT_EQ(status.stages[0].applied_revision, "r2");
}

TEST(Outcome, StagesThatWereNotReachedStayAsTheyWere) {
    Snapshot snapshot = steady_snapshot();
    snapshot.status.stages[1].executed_actions = {"migrate"};
    RolloutResult result;
    result.stages = {stage_result("base", false, false)};
    result.failure = StageFailure{"base", "build", {base::ErrorCode::kInvalid, "bad YAML"}};
    const model::StageSetStatus status = status_after(snapshot, status_at_start(snapshot), result);
    EXPECT_EQ(status.stages[1], snapshot.status.stages[1]);
}

TEST(Outcome, AFailureOfARemovedStageLeavesTheOthersReadyAndNothingCountsAsApplied) {
    Snapshot snapshot = steady_snapshot();
    snapshot.status.last_applied_revisions = {{"t/src", "r1"}};
    RolloutResult result;
    result.stages = {stage_result("base", true, true), stage_result("app", true, true)};
    result.failure = StageFailure{"removed", "prune", {base::ErrorCode::kForbidden, "no right"}};
    const model::StageSetStatus status = status_after(snapshot, status_at_start(snapshot), result);
    EXPECT_EQ(status.stages.size(), 2U);
    EXPECT_EQ(status.stages[1].phase, StagePhase::kReady);
    EXPECT_EQ(status.last_applied_revisions, snapshot.status.last_applied_revisions);
}

TEST(Outcome, TheTransitionTimeMovesOnlyWithTheConditionsStatus) {
    model::StageSetStatus status;
    set_ready(status, {false, ReadyReason::kStageFailed, "a"}, 1, kNow);
    const std::string first = status.conditions.at(0).last_transition_time;
    set_ready(status, {false, ReadyReason::kSourceNotReady, "b"}, 2, kNow + std::chrono::hours(1));
    ASSERT_EQ(status.conditions.size(), 1U);
    EXPECT_EQ(status.conditions[0].last_transition_time, first);
    EXPECT_EQ(status.conditions[0].reason, "SourceNotReady");
    EXPECT_EQ(status.conditions[0].observed_generation, 2);
    set_ready(status, {true, ReadyReason::kSucceeded, "c"}, 2, kNow + std::chrono::hours(2));
    EXPECT_NE(status.conditions[0].last_transition_time, first);
    EXPECT_EQ(status.conditions[0].status, "True");
}

TEST(Outcome, EveryReasonButTheHealthyOnesLinksItsRunbook) {
    for (const ReadyReason reason : model::kReadyReasons) {
        model::StageSetStatus status;
        set_ready(status, {reason == ReadyReason::kSucceeded, reason, "why"}, 1, kNow);
        const std::string& message = status.conditions.at(0).message;
        const bool healthy = reason == ReadyReason::kSucceeded || reason == ReadyReason::kSuspended;
        EXPECT_EQ(message == "why", healthy) << message;
        EXPECT_EQ(message.starts_with("why (runbook: https://"), !healthy) << message;
    }
}

TEST(Outcome, ALongMessageIsCutBeforeItsRunbookLink) {
    model::StageSetStatus status;
    set_ready(status, {false, ReadyReason::kStageFailed, std::string(40'000, 'x')}, 1, kNow);
    EXPECT_EQ(status.conditions.at(0).message.size(), model::kMessageBytesMax);
    EXPECT_TRUE(status.conditions[0].message.ends_with("/stagefailed/)"));
}

TEST(Outcome, TheObservedGenerationMovesUnlessSuspended) {
    for (const ReadyReason reason : model::kReadyReasons) {
        model::StageSetStatus status;
        status.observed_generation = 1;
        set_ready(status, {false, reason, "why"}, 2, kNow);
        EXPECT_EQ(status.observed_generation, reason == ReadyReason::kSuspended ? 1 : 2);
        EXPECT_EQ(status.conditions.at(0).observed_generation, 2);
    }
}

struct DriftCase {
    std::string name;
    void (*change)(Snapshot&);
    bool is_drift;
};

const std::vector<DriftCase> kDrift = {
    {"SameSpecAndRevision", [](Snapshot&) {}, true},
    {"TheSpecChanged", [](Snapshot& s) { s.generation = 4; }, false},
    {"AnotherRevision", [](Snapshot& s) { s.status.stages[0].applied_revision = "r1"; }, false},
    {"AnotherInventoryMode", [](Snapshot& s) { s.inventory_mode = inventory::Mode::kEntries; }, false},
    {"TheStageHadFailed", [](Snapshot& s) { s.status.stages[0].phase = StagePhase::kFailed; }, false},
    {"NeverApplied", [](Snapshot& s) { s.status.stages.clear(); }, false},
};

TEST(Outcome, ChangesAreDriftOnlyWhereSpecAndRevisionAreTheSame) {
    for (const DriftCase& row : kDrift) {
        SCOPED_TRACE(row.name);
        Snapshot snapshot = steady_snapshot();
        row.change(snapshot);
        RolloutResult result;
        result.stages = {stage_result("base", true, true), stage_result("app", true, true)};
        result.stages[0].changed = {{"", "ConfigMap", "t", "a"}};
        const std::vector<Drift> drift = drift_of(snapshot, result);
        ASSERT_EQ(drift.size(), row.is_drift ? 1U : 0U);
        if (row.is_drift) {
            EXPECT_EQ(drift[0].stage, "base");
            EXPECT_EQ(drift[0].objects, result.stages[0].changed);
        }
    }
}

TEST(Outcome, EachRequeueHasItsTime) {
    const Snapshot snapshot = steady_snapshot();
    const Options options;
    EXPECT_EQ(requeue_after(snapshot, Requeue::kInterval, options), kInterval);
    EXPECT_EQ(requeue_after(snapshot, Requeue::kRetry, options), kRetry);
    EXPECT_EQ(requeue_after(snapshot, Requeue::kChange, options), kInterval);
    Snapshot patient = snapshot;
    patient.retry_interval = 2 * kInterval;
    EXPECT_EQ(requeue_after(patient, Requeue::kChange, options), 2 * kInterval)
        << "never sooner than a retry";
    EXPECT_EQ(requeue_after(snapshot, Requeue::kSlow, options), options.slow_recheck);
    EXPECT_EQ(requeue_after(snapshot, Requeue::kNever, options), std::nullopt);
    EXPECT_EQ(requeue_after(snapshot, Requeue::kBackoff, options), std::nullopt);
}

}  // namespace
}  // namespace reconcile
