// SPDX-License-Identifier: 0BSD
// Reconciler::Run, for the sources that implement it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/reconcile/reconciler.hpp"

namespace reconcile {

// One run: keeps the status as it is written while the run goes on.
class Reconciler::Run final : public Progress {
public:
    Run(Reconciler& reconciler, kube::ObjectPtr object, Snapshot snapshot, base::Turn& turn)
        : with_(reconciler.with_),
          writer_(reconciler.writer_),
          underway_(reconciler.underway_),
          teardowns_(reconciler.teardowns_),
          verify_pace_(reconciler.verify_pace_),
          heal_pace_(reconciler.heal_pace_),
          told_rivals_(reconciler.told_rivals_),
          turn_(turn),
          snapshot_(std::move(snapshot)),
          object_(std::move(object)),
          status_(snapshot_.status),
          log_(with_.log.with(
              {{"controller", "stageset"},
               {"controllerGroup", "stages.metio.wtf"},
               {"controllerKind", "StageSet"},
               {"StageSet", model::Object{{"name", snapshot_.owner.name}, {"namespace", snapshot_.owner.ns}}},
               {"namespace", snapshot_.owner.ns},
               {"name", snapshot_.owner.name},
               {"reconcileID", with_.rng.uuid()}})) {}

    base::Task<RunEnd> execute();
    base::Task<void> stage_is(std::string stage, model::StagePhase phase, std::string message) override;
    void stage_succeeded(const StageResult& result) override { record_stage(status_, result); }
    void has_helm_hooks(const std::string& stage, const std::vector<model::ObjectId>& hooks) override;

private:
    base::Task<RunEnd> tear_down();
    base::Task<RunEnd> await_termination(TeardownLook look, TeardownState& state,
                                         std::optional<base::WallTime> deadline);
    base::Task<RunEnd> teardown_without_target(base::Error error, bool over);
    base::Task<RunEnd> teardown_error(base::Error error);
    base::Task<RunEnd> abandon(std::string left, std::string why);
    base::Task<RunEnd> let_go();
    base::Task<RunEnd> rebuild();
    base::Task<RunEnd> rebuild_failed(std::string operation, base::Error error);
    base::Task<Target> connect();
    base::Task<void> connect(Underway& underway);
    base::Task<RunEnd> roll_out(bool steady);
    base::Duration wait_to_verify();
    base::Task<RunEnd> finish_and_look_back(Engine& engine, const RolloutState& state);
    Underway& take_up();
    void note_interruption(const Plan& plan);
    RunEnd park(Underway& underway, base::SteadyTime again);
    base::Task<RunEnd> finish(const RolloutResult& result);
    base::Task<RunEnd> report(Verdict verdict);
    base::Task<void> write_status();
    base::Task<RunEnd> infrastructure_error(std::string what, base::Error error);
    void count_rollout(const RolloutResult& result);
    void tell_drift(const RolloutResult& result);
    base::Task<void> tell_rivals(RolloutResult& result);
    base::Task<bool> lives(apply::Owner stageset);
    void tell_transition(const Verdict& verdict, const std::string& before);
    void set_gauges();
    // The stage waited for the health of these same revisions when the run before was cut off.
    bool was_waiting(const model::StageStatus& stage) const {
        return stage.phase == model::StagePhase::kVerifying &&
               snapshot_.status.last_attempted_revisions == snapshot_.revisions();
    }
    base::Duration with_jitter(base::Duration interval);

    Collaborators& with_;
    StatusWriter& writer_;
    std::map<apply::Owner, Underway>& underway_;
    std::map<apply::Owner, TeardownState>& teardowns_;
    VerifyPace& verify_pace_;
    HealPace& heal_pace_;
    ToldRivals& told_rivals_;
    base::Turn& turn_;
    const Snapshot snapshot_;
    kube::ObjectPtr object_;  // as the last write of this run left it
    model::StageSetStatus status_;
    base::Logger log_;
    bool steady_ = false;
    std::optional<Interruption> interrupted_;  // of the rollout before this run
};

}  // namespace reconcile
