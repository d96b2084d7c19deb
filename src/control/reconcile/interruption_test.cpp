// SPDX-License-Identifier: 0BSD
#include "control/reconcile/interruption.hpp"

#include <gtest/gtest.h>

namespace reconcile {
namespace {

using model::StagePhase;

// Stage "app" waits at r1 of generation 3.
Snapshot waiting() {
    Snapshot snapshot;
    snapshot.generation = 3;
    snapshot.has_finalizer = true;
    snapshot.stages.emplace_back().name = "app";
    source::ResolvedSource& source = snapshot.sources.emplace_back();
    source.ns = "t";
    source.name = "src";
    source.revision = "r1";
    snapshot.status.last_attempted_revisions = {{"t/src", "r1"}};
    model::StageStatus& stage = snapshot.status.stages.emplace_back();
    stage.name = "app";
    stage.phase = StagePhase::kVerifying;
    stage.message = "waiting for x";
    return snapshot;
}

struct Case {
    std::string name;
    void (*change)(Snapshot&);
    std::string message;        // empty: no interruption
    std::string after_restart;  // the same told by the status alone
};

const std::vector<Case> kCases = {
    {"NothingChanged", [](Snapshot&) {}, "", ""},
    {"Revision", [](Snapshot& s) { s.sources[0].revision = "r2"; },
     "interrupted by t/src moving from r1 to r2 while waiting for x",
     "interrupted by t/src moving from r1 to r2 while waiting for x"},
    {"Spec", [](Snapshot& s) { s.generation = 4; }, "interrupted by a change of the spec while waiting for x",
     ""},
    {"SpecAndRevision",
     [](Snapshot& s) {
         s.generation = 4;
         s.sources[0].revision = "r2";
     },
     "interrupted by a change of the spec while waiting for x",
     "interrupted by t/src moving from r1 to r2 while waiting for x"},
    {"Request", [](Snapshot& s) { s.requested_at = "now"; },
     "interrupted by a request to reconcile while waiting for x", ""},
    {"Suspension", [](Snapshot& s) { s.suspended = true; },
     "interrupted by the suspension of the StageSet while waiting for x",
     "interrupted by the suspension of the StageSet while waiting for x"},
    {"Deletion", [](Snapshot& s) { s.deleting = true; },
     "interrupted by the deletion of the StageSet while waiting for x",
     "interrupted by the deletion of the StageSet while waiting for x"},
    {"DeletionThatIsNotOurs",
     [](Snapshot& s) {
         s.deleting = true;
         s.has_finalizer = false;
     },
     "", ""},
    {"Source", [](Snapshot& s) { s.unresolved.emplace().reason = source::Reason::kSourceNotReady; },
     "interrupted by SourceNotReady while waiting for x",
     "interrupted by SourceNotReady while waiting for x"},
    {"WhileApplying",
     [](Snapshot& s) {
         s.suspended = true;
         s.status.stages[0].phase = StagePhase::kApplying;
         s.status.stages[0].message.clear();
     },
     "interrupted by the suspension of the StageSet while it was applied",
     "interrupted by the suspension of the StageSet while it was applied"},
    {"AReadyStageIsNotUnderWay",
     [](Snapshot& s) {
         s.suspended = true;
         s.status.stages[0].phase = StagePhase::kReady;
     },
     "", ""},
    {"NorAFailedOne",
     [](Snapshot& s) {
         s.sources[0].revision = "r2";
         s.status.stages[0].phase = StagePhase::kFailed;
     },
     "", ""},
};

TEST(Interruption, IsTold) {
    for (const Case& row : kCases) {
        Snapshot snapshot = waiting();
        const RolloutInput before = input_of(snapshot);
        row.change(snapshot);
        const Plan plan = decide(snapshot);
        const auto told = interruption_of(snapshot, plan, before);
        EXPECT_EQ(told ? told->message : "", row.message) << row.name;
        const auto by_status = interruption_of(snapshot, plan, std::nullopt);
        EXPECT_EQ(by_status ? by_status->message : "", row.after_restart) << row.name;
    }
}

TEST(Interruption, ADigestThatMovesUnderTheSameRevisionIsAnotherInput) {
    Snapshot snapshot = waiting();
    const RolloutInput before = input_of(snapshot);
    snapshot.sources[0].digest = "sha256:other";
    EXPECT_NE(before, input_of(snapshot));
}

TEST(Interruption, TheStageShowsItAndNothingElseChanges) {
    model::StageSetStatus status = waiting().status;
    record_interruption(status, {"app", "interrupted by x"});
    EXPECT_EQ(status.stages[0].phase, StagePhase::kPending);
    EXPECT_EQ(status.stages[0].message, "interrupted by x");
    record_interruption(status, {"gone", "interrupted by y"});
    EXPECT_EQ(status.stages[0].message, "interrupted by x");
}

}  // namespace
}  // namespace reconcile
