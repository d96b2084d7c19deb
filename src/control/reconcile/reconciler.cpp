// SPDX-License-Identifier: 0BSD
#include "control/reconcile/reconciler.hpp"

#include <algorithm>
#include <utility>

#include "base/duration.hpp"
#include "control/reconcile/observe.hpp"
#include "control/reconcile/run.hpp"
#include "control/reconcile/still_applied.hpp"
#include "io/telemetry/families.hpp"

namespace reconcile {

namespace {

// Spreads the passes of many StageSets that were created together.
constexpr double kIntervalJitter = 0.05;
// Changes of a stage's objects within this time are one reason to look: a large stage changes with each of its pods.
constexpr base::Duration kLookPeriod = std::chrono::milliseconds(100);
// Most connections stand already; one that has to be made keeps nobody else from work.
constexpr base::Duration kConnectPatience = std::chrono::milliseconds(100);
// How soon a rollout that waits notices another kubeconfig: to look costs a request.
constexpr base::Duration kReconnectPeriod = std::chrono::seconds(30);
// More subjects than an event's note can hold.
constexpr std::size_t kNamedMax = 10;

const model::GroupVersionKind kStageSet{"stages.metio.wtf", "v1", "StageSet"};

std::string named(const std::vector<model::ObjectId>& objects) {
    std::string text;
    for (std::size_t i = 0; i < std::min(objects.size(), kNamedMax); ++i) {
        text += (i == 0 ? "" : ", ") + objects[i].text();
    }
    return text + (objects.size() > kNamedMax ? ", …" : "");
}

std::string ready_key(const model::StageSetStatus& status) {
    const model::Condition* ready = model::find_condition(status.conditions, "Ready");
    return ready == nullptr ? std::string() : ready->status + "/" + ready->reason;
}

}  // namespace

base::Task<RunEnd> Reconciler::Run::execute() {
    const Plan plan = decide(snapshot_);
    note_interruption(plan);
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
    if (std::holds_alternative<Rebuild>(plan.action)) {
        co_return co_await rebuild();
    }
    const bool steady = std::get<Rollout>(plan.action).steady;
    if (const base::Duration wait = steady ? wait_to_verify() : base::Duration::zero();
        wait > base::Duration::zero()) {
        set_gauges();
        RunEnd end;
        end.requeue_after = wait;
        co_return end;
    }
    co_return co_await roll_out(steady);
}

// Nobody waits for a first look at what was Ready when the process before this one ended, unless it is asked for.
base::Duration Reconciler::Run::wait_to_verify() {
    if (with_.engine.observed.knows(snapshot_.owner) ||
        snapshot_.requested_at != snapshot_.status.last_handled_reconcile_at) {
        return base::Duration::zero();
    }
    std::size_t objects = 0;
    for (const auto& [name, stage] : snapshot_.stored.stages) {
        objects += stage.entries.size();
    }
    return verify_pace_.wait(snapshot_.owner, objects, with_.clock.steady_now());
}

// Says what became of a rollout that is not gone on with, for it was in plain sight until now.
void Reconciler::Run::note_interruption(const Plan& plan) {
    if (std::holds_alternative<Teardown>(plan.action) &&
        (teardowns_.contains(snapshot_.owner) || ready_key(status_) == "False/Terminating")) {
        // Told when the teardown began; stages are at work for it now.
        return;
    }
    const auto found = underway_.find(snapshot_.owner);
    std::optional<RolloutInput> before;
    if (found != underway_.end()) {
        before = found->second.input;
    }
    interrupted_ = interruption_of(snapshot_, plan, before);
    if (!interrupted_) {
        return;
    }
    record_interruption(status_, *interrupted_);
    with_.events.record(*object_, kube::EventType::kNormal, "RolloutInterrupted",
                        fmt::format("stage \"{}\": {}", interrupted_->stage, interrupted_->message));
    log_.info("rollout interrupted", {{"stage", interrupted_->stage}, {"message", interrupted_->message}});
}

base::Task<RunEnd> Reconciler::Run::roll_out(bool steady) {
    steady_ = steady;
    if (!snapshot_.requested_at.empty()) {
        status_.last_handled_reconcile_at = snapshot_.requested_at;
    }
    const auto keep_token = status_.last_handled_reconcile_at;
    status_ = status_at_start(snapshot_);
    status_.last_handled_reconcile_at = keep_token;
    if (interrupted_) {
        record_interruption(status_, *interrupted_);
    }
    Underway& underway = take_up();
    if (auto connected = co_await connect(underway); !connected) {
        if (connected.error().code == base::ErrorCode::kCancelled) {
            co_return connected.error();
        }
        underway.state.result.failure =
            StageFailure{snapshot_.stages.front().name, "connect to target cluster", connected.error()};
        co_return co_await finish(underway.state.result);
    }
    Engine engine = with_.engine.on(*underway.target);
    while (true) {
        underway.changed = false;
        auto again = co_await reconcile::roll_out(engine, snapshot_, *this, underway.state, turn_);
        if (!again) {
            co_return again.error();
        }
        if (auto told = co_await tell_rivals(underway.state.result); !told) {
            co_return told.error();
        }
        if (!*again) {
            co_return co_await finish_and_look_back(engine, underway.state);
        }
        if (!underway.changed) {
            co_return park(underway, **again);
        }
    }
}

// The rollout that an earlier run began, when it is still the wanted one; else a new one.
Reconciler::Underway& Reconciler::Run::take_up() {
    Underway& underway = underway_[snapshot_.owner];
    const RolloutInput input = input_of(snapshot_);
    if (!underway.parked || underway.input != input) {
        underway = Underway{};
        underway.input = input;
    }
    underway.parked = false;
    return underway;
}

base::Task<Target> Reconciler::Run::connect() {
    co_return co_await base::leave_for(turn_, with_.targets.connect(snapshot_.target), with_.clock,
                                       kConnectPatience);
}

// A rollout stays with the target that it began with, but for another kubeconfig in its Secret while it waits.
base::Task<void> Reconciler::Run::connect(Underway& underway) {
    const base::SteadyTime now = with_.clock.steady_now();
    if (underway.target && now - underway.connected_at < kReconnectPeriod) {
        co_return base::Result<void>{};
    }
    auto target = co_await connect();
    if (!target && (!underway.target || target.error().code == base::ErrorCode::kCancelled)) {
        co_return target.error();
    }
    underway.connected_at = now;
    if (target) {
        underway.target = std::move(*target);
    }
    co_return base::Result<void>{};
}

RunEnd Reconciler::Run::park(Underway& underway, base::SteadyTime again) {
    // Drift that has to be waited for is news now.
    tell_drift(underway.state.result);
    for (StageResult& stage : underway.state.result.stages) {
        stage.changed = {};
    }
    underway.parked = true;
    underway.looked_at = with_.clock.steady_now();
    RunEnd end;
    end.waiting = true;
    end.requeue_after = std::max(base::Duration::zero(), again - underway.looked_at);
    return end;
}

// What changed while the rollout was under way was not looked at for that reason; it may be drift.
base::Task<RunEnd> Reconciler::Run::finish_and_look_back(Engine& engine, const RolloutState& state) {
    const bool applied_some = std::ranges::any_of(
        state.result.stages, [](const StageResult& stage) { return !stage.changed.empty(); });
    const bool drifted = applied_some && changed_since(engine, snapshot_.owner, state.desired);
    auto end = co_await finish(state.result);
    if (end && drifted && !end->backoff) {
        const base::Duration soon = heal_pace_.wait(snapshot_.owner, with_.clock.steady_now());
        end->requeue_after = std::min(soon, end->requeue_after.value_or(soon));
    }
    co_return end;
}

base::Task<RunEnd> Reconciler::Run::finish(const RolloutResult& result) {
    status_ = status_after(snapshot_, std::move(status_), result);
    count_rollout(result);
    tell_drift(result);
    if (result.failure) {
        const std::string cause = result.failure->error.text();
        log_.error("stage failed", {{"stage", result.failure->stage},
                                    {"op", result.failure->operation},
                                    {"err", cause},
                                    {"error", cause}});
    } else if (!result.duplicate_claims) {
        log_.info("StageSet synced", {{"stages", snapshot_.stages.size()}, {"ready", true}});
    }
    co_return co_await report(verdict_of(snapshot_, result));
}

base::Task<void> Reconciler::Run::stage_is(std::string stage, model::StagePhase phase, std::string message) {
    const auto found = std::ranges::find(status_.stages, stage, &model::StageStatus::name);
    if (found == status_.stages.end()) {
        co_return base::Result<void>{};
    }
    // A pass that only looks for drift is not news, nor is one that goes on with a wait; one that then has to wait is.
    if (phase == model::StagePhase::kApplying && (steady_ || was_waiting(*found))) {
        co_return base::Result<void>{};
    }
    found->phase = phase;
    if (message.empty() && interrupted_ && interrupted_->stage == stage) {
        message = interrupted_->message;
    }
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

base::Duration Reconciler::Run::with_jitter(base::Duration interval) {
    return with_.rng.jitter(interval, kIntervalJitter);
}

base::Task<void> Reconciler::Run::write_status() {
    auto written = co_await writer_.write(object_, status_);
    if (!written) {
        co_return written.error();
    }
    object_ = *written;
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
        with_.events.record(*object_, kube::EventType::kWarning, "DriftCorrected",
                            fmt::format("stage \"{}\": {} object(s) corrected: {}", drift.stage,
                                        drift.objects.size(), named(drift.objects)));
    }
}

void Reconciler::Run::has_helm_hooks(const std::string& stage, const std::vector<model::ObjectId>& hooks) {
    const auto found = std::ranges::find(snapshot_.status.stages, stage, &model::StageStatus::name);
    const auto revisions = snapshot_.revisions();
    // Once for a stage and revision: a pass over what is applied already is no news.
    if (found != snapshot_.status.stages.end() && snapshot_.status.last_attempted_revisions == revisions &&
        found->phase != model::StagePhase::kPending) {
        return;
    }
    with_.events.record(
        *object_, kube::EventType::kWarning, "HelmHookResource",
        fmt::format(
            "stage \"{}\": {} object(s) with the annotation helm.sh/hook are applied like any other, without "
            "hook order, weight or deletion: {}; set applyHelmHookResources: false to leave them out",
            stage, hooks.size(), named(hooks)));
}

void Reconciler::Run::tell_transition(const Verdict& verdict, const std::string& before) {
    if (ready_key(status_) == before) {
        return;
    }
    const bool good = verdict.ready || verdict.reason == model::ReadyReason::kSuspended ||
                      verdict.reason == model::ReadyReason::kTerminating;
    with_.events.record(*object_, good ? kube::EventType::kNormal : kube::EventType::kWarning,
                        std::string(model::to_string(verdict.reason)), verdict.message);
}

void Reconciler::Run::set_gauges() {
    // Series of stages that left the spec, or have another name, must go; the rest is set anew.
    if (!std::ranges::equal(status_.stages, snapshot_.status.stages, {}, &model::StageStatus::name,
                            &model::StageStatus::name)) {
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

// Apart from run(), so that what reading took does not lie beside a run that waits.
base::Task<std::unique_ptr<Reconciler::Run>> Reconciler::begin(kube::ObjectPtr object, base::Turn& turn) {
    auto snapshot = co_await observe(object, with_.sources, with_.engine.inventories, health_, with_.options);
    if (!snapshot) {
        co_return snapshot.error();
    }
    co_return std::make_unique<Run>(*this, std::move(object), std::move(*snapshot), turn);
}

base::Task<RunEnd> Reconciler::run(std::string ns, std::string name) {
    base::Turn turn(with_.work_places, ns);
    if (auto taken = co_await turn.take(); !taken) {
        co_return taken.error();
    }
    kube::ObjectPtr object = with_.stagesets.get(ns, name);
    if (!object) {
        forget({ns, name});
        underway_.erase({ns, name});
        teardowns_.erase({ns, name});
        told_rivals_.forget({ns, name});
        co_return RunEnd{};
    }
    base::Result<RunEnd> end;
    if (auto begun = co_await begin(std::move(object), turn); begun) {
        end = co_await (*begun)->execute();
    } else {
        end = begun.error();
    }
    // A run that was cut off leaves its input behind, so that the next one can tell why; it begins anew.
    const auto left = underway_.find({ns, name});
    if (left != underway_.end() && !end) {
        left->second.state = RolloutState{};
        left->second.parked = false;
    } else if (left != underway_.end() && !end->waiting) {
        underway_.erase(left);
    }
    co_return end;
}

std::optional<base::Duration> Reconciler::object_changed(const apply::ObjectChange& change) {
    if (const auto teardown = teardowns_.find(change.owner); teardown != teardowns_.end()) {
        return soon_after(teardown->second.looked_at);
    }
    const auto found = underway_.find(change.owner);
    if (found == underway_.end()) {
        return with_.engine.observed.differs(change)
                   ? std::optional(heal_pace_.wait(change.owner, with_.clock.steady_now()))
                   : std::nullopt;
    }
    found->second.changed = true;
    if (!found->second.parked) {
        return std::nullopt;
    }
    return soon_after(found->second.looked_at);
}

base::Duration Reconciler::soon_after(base::SteadyTime looked_at) const {
    return std::max(base::Duration::zero(), looked_at + kLookPeriod - with_.clock.steady_now());
}

void Reconciler::forget(const apply::Owner& owner) {
    with_.targets.forget(owner);
    with_.engine.observed.forget(owner);
    verify_pace_.forget(owner);
    heal_pace_.forget(owner);
    with_.metrics.remove(telemetry::kStageReady, {{"namespace", owner.ns}, {"stageset", owner.name}});
}

}  // namespace reconcile
