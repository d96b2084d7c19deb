// SPDX-License-Identifier: 0BSD
#include "control/reconcile/reconciler.hpp"

#include <algorithm>
#include <utility>

#include "base/duration.hpp"
#include "control/reconcile/observe.hpp"
#include "control/reconcile/teardown.hpp"
#include "io/telemetry/families.hpp"

namespace reconcile {

namespace {

// Spreads the passes of many StageSets that were created together.
constexpr double kIntervalJitter = 0.05;
// More subjects than an event's note can hold.
constexpr std::size_t kDriftNamedMax = 10;

const model::GroupVersionKind kStageSet{"stages.metio.wtf", "v1", "StageSet"};

std::string ready_key(const model::StageSetStatus& status) {
    const model::Condition* ready = model::find_condition(status.conditions, "Ready");
    return ready == nullptr ? std::string() : ready->status + "/" + ready->reason;
}

}  // namespace

// One run: keeps the status as it is written while the run goes on.
class Reconciler::Run final : public Progress {
public:
    Run(Collaborators& with, StatusWriter& writer, Snapshot snapshot)
        : with_(with),
          writer_(writer),
          snapshot_(std::move(snapshot)),
          object_(snapshot_.object),
          status_(snapshot_.status),
          written_(snapshot_.status),
          log_(with.log.with(
              {{"controller", "stageset"},
               {"controllerGroup", "stages.metio.wtf"},
               {"controllerKind", "StageSet"},
               {"StageSet", model::Object{{"name", snapshot_.owner.name}, {"namespace", snapshot_.owner.ns}}},
               {"namespace", snapshot_.owner.ns},
               {"name", snapshot_.owner.name},
               {"reconcileID", with.rng.uuid()}})) {}

    base::Task<RunEnd> execute();
    base::Task<void> stage_is(std::string stage, model::StagePhase phase, std::string message) override;
    void stage_succeeded(const StageResult& result) override { record_stage(status_, result); }

private:
    base::Task<RunEnd> tear_down();
    base::Task<RunEnd> roll_out(bool steady);
    base::Task<RunEnd> report(Verdict verdict);
    base::Task<void> write_status();
    base::Task<RunEnd> infrastructure_error(std::string what, base::Error error);
    void count_rollout(const RolloutResult& result);
    void tell_drift(const RolloutResult& result);
    void tell_transition(const Verdict& verdict, const std::string& before);
    void set_gauges();
    base::Duration with_jitter(base::Duration interval) {
        return with_.rng.jitter(interval, kIntervalJitter);
    }

    Collaborators& with_;
    StatusWriter& writer_;
    const Snapshot snapshot_;
    kube::ObjectPtr object_;  // as the last write of this run left it
    model::StageSetStatus status_;
    model::StageSetStatus written_;  // what the API server was told last
    base::Logger log_;
    bool steady_ = false;
};

base::Task<RunEnd> Reconciler::Run::execute() {
    const Plan plan = decide(snapshot_);
    if (std::holds_alternative<Nothing>(plan.action)) {
        co_return RunEnd{};
    }
    if (std::holds_alternative<Teardown>(plan.action)) {
        co_return co_await tear_down();
    }
    if (plan.add_finalizer) {
        auto written = co_await writer_.add_finalizer(object_);
        if (!written) {
            co_return co_await infrastructure_error("add the finalizer", written.error());
        }
        object_ = *written;
    }
    if (const auto* told = std::get_if<Report>(&plan.action)) {
        if (told->verdict.reason != model::ReadyReason::kSuspended && !snapshot_.requested_at.empty()) {
            status_.last_handled_reconcile_at = snapshot_.requested_at;
        }
        co_return co_await report(told->verdict);
    }
    co_return co_await roll_out(std::get<Rollout>(plan.action).steady);
}

base::Task<RunEnd> Reconciler::Run::tear_down() {
    auto done = co_await reconcile::tear_down(with_.engine, snapshot_, with_.options, log_);
    if (!done && done.error().code != base::ErrorCode::kCancelled) {
        Verdict verdict{false, model::ReadyReason::kStageFailed, "teardown: " + done.error().text(),
                        Requeue::kBackoff};
        co_return co_await report(std::move(verdict));
    }
    if (!done) {
        co_return done.error();
    }
    auto released = co_await writer_.remove_finalizer(object_);
    if (!released && released.error().code != base::ErrorCode::kNotFound) {
        co_return co_await infrastructure_error("remove the finalizer", released.error());
    }
    log_.info("StageSet torn down", {{"stages", snapshot_.stored.stages.size()}});
    co_return RunEnd{};
}

base::Task<RunEnd> Reconciler::Run::roll_out(bool steady) {
    steady_ = steady;
    if (!snapshot_.requested_at.empty()) {
        status_.last_handled_reconcile_at = snapshot_.requested_at;
    }
    const auto keep_token = status_.last_handled_reconcile_at;
    status_ = status_at_start(snapshot_);
    status_.last_handled_reconcile_at = keep_token;
    auto result = co_await reconcile::roll_out(with_.engine, snapshot_, *this);
    if (!result) {
        co_return result.error();
    }
    status_ = status_after(snapshot_, std::move(status_), *result);
    count_rollout(*result);
    tell_drift(*result);
    if (result->failure) {
        const std::string cause = result->failure->error.text();
        log_.error("stage failed", {{"stage", result->failure->stage},
                                    {"op", result->failure->operation},
                                    {"err", cause},
                                    {"error", cause}});
    } else if (!result->duplicate_claims) {
        log_.info("StageSet synced", {{"stages", snapshot_.stages.size()}, {"ready", true}});
    }
    co_return co_await report(verdict_of(snapshot_, *result));
}

base::Task<void> Reconciler::Run::stage_is(std::string stage, model::StagePhase phase, std::string message) {
    // A pass that only looks for drift is not news; one that then has to wait is.
    if (steady_ && phase == model::StagePhase::kApplying) {
        co_return base::Result<void>{};
    }
    const auto found = std::ranges::find(status_.stages, stage, &model::StageStatus::name);
    if (found == status_.stages.end()) {
        co_return base::Result<void>{};
    }
    found->phase = phase;
    found->message = message;
    if (phase == model::StagePhase::kVerifying) {
        log_.debug("waiting", {{"stage", stage}, {"message", message}});
    }
    auto written = co_await write_status();
    if (!written && written.error().code == base::ErrorCode::kCancelled) {
        co_return written.error();
    }
    if (!written) {
        log_.warn("progress could not be written", {{"err", written.error().text()}});
    }
    co_return base::Result<void>{};
}

base::Task<void> Reconciler::Run::write_status() {
    auto written = co_await writer_.write(object_, written_, status_);
    if (!written) {
        co_return written.error();
    }
    object_ = *written;
    written_ = status_;
    co_return base::Result<void>{};
}

base::Task<RunEnd> Reconciler::Run::report(Verdict verdict) {
    const std::string before = ready_key(snapshot_.status);
    set_ready(status_, verdict, snapshot_.generation, with_.clock.now());
    auto written = co_await write_status();
    if (!written && written.error().code != base::ErrorCode::kNotFound) {
        co_return co_await infrastructure_error("write the status", written.error());
    }
    tell_transition(verdict, before);
    set_gauges();
    with_.metrics.add(telemetry::kReconcileTotal,
                      {{"namespace", snapshot_.owner.ns},
                       {"name", snapshot_.owner.name},
                       {"reason", std::string(model::to_string(verdict.reason))}});
    RunEnd end;
    end.backoff = verdict.requeue == Requeue::kBackoff;
    if (const auto after = requeue_after(snapshot_, verdict.requeue, with_.options)) {
        end.requeue_after = with_jitter(*after);
    }
    log_.debug("run finished", {{"reason", model::to_string(verdict.reason)},
                                {"requeueAfter", end.requeue_after ? base::format_duration(*end.requeue_after)
                                                                   : "on change"}});
    co_return end;
}

base::Task<RunEnd> Reconciler::Run::infrastructure_error(std::string what, base::Error error) {
    if (error.code == base::ErrorCode::kCancelled) {
        co_return error;
    }
    log_.error("run could not be finished", {{"op", what}, {"err", error.text()}});
    RunEnd end;
    end.backoff = true;
    co_return end;
}

void Reconciler::Run::count_rollout(const RolloutResult& result) {
    for (const StageResult& stage : result.stages) {
        if (stage.ready) {
            with_.metrics.add(
                telemetry::kStageAppliedTotal,
                {{"namespace", snapshot_.owner.ns}, {"name", snapshot_.owner.name}, {"stage", stage.name}});
        }
    }
}

void Reconciler::Run::tell_drift(const RolloutResult& result) {
    for (const Drift& drift : drift_of(snapshot_, result)) {
        with_.metrics.add(
            telemetry::kDriftCorrectedTotal,
            {{"namespace", snapshot_.owner.ns}, {"name", snapshot_.owner.name}, {"stage", drift.stage}},
            static_cast<double>(drift.objects.size()));
        std::string subjects;
        for (std::size_t i = 0; i < std::min(drift.objects.size(), kDriftNamedMax); ++i) {
            subjects += (i == 0 ? "" : ", ") + drift.objects[i].text();
        }
        with_.events.record(*object_, kube::EventType::kWarning, "DriftCorrected",
                            fmt::format("stage \"{}\": {} object(s) corrected: {}", drift.stage,
                                        drift.objects.size(), subjects));
    }
}

void Reconciler::Run::tell_transition(const Verdict& verdict, const std::string& before) {
    if (ready_key(status_) == before) {
        return;
    }
    const bool good = verdict.ready || verdict.reason == model::ReadyReason::kSuspended;
    with_.events.record(*object_, good ? kube::EventType::kNormal : kube::EventType::kWarning,
                        std::string(model::to_string(verdict.reason)), verdict.message);
}

void Reconciler::Run::set_gauges() {
    // Series of stages that left the spec must go; the rest is set anew.
    if (status_.stages.size() != snapshot_.status.stages.size()) {
        with_.metrics.remove(telemetry::kStageReady,
                             {{"namespace", snapshot_.owner.ns}, {"stageset", snapshot_.owner.name}});
    }
    for (const model::StageStatus& stage : status_.stages) {
        with_.metrics.set(
            telemetry::kStageReady,
            {{"namespace", snapshot_.owner.ns}, {"stageset", snapshot_.owner.name}, {"stage", stage.name}},
            stage.phase == model::StagePhase::kReady ? 1.0 : 0.0);
    }
}

Reconciler::Reconciler(Collaborators collaborators)
    : with_(std::move(collaborators)), writer_(with_.client, with_.stagesets) {}

base::Task<RunEnd> Reconciler::run(std::string ns, std::string name) {
    const kube::ObjectPtr object = with_.stagesets.get(ns, name);
    if (!object) {
        forget({ns, name});
        co_return RunEnd{};
    }
    auto snapshot = co_await observe(object, with_.sources, with_.engine.inventories, with_.options);
    if (!snapshot) {
        co_return snapshot.error();
    }
    Run run(with_, writer_, std::move(*snapshot));
    co_return co_await run.execute();
}

void Reconciler::forget(const apply::Owner& owner) {
    with_.metrics.remove(telemetry::kStageReady, {{"namespace", owner.ns}, {"stageset", owner.name}});
}

}  // namespace reconcile
