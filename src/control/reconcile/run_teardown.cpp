// SPDX-License-Identifier: 0BSD
// The runs of a StageSet that is being deleted, and of one whose inventory is lost.
#include <algorithm>
#include <utility>

#include "control/reconcile/claims.hpp"
#include "control/reconcile/rebuild.hpp"
#include "control/reconcile/run.hpp"
#include "control/reconcile/stage_build.hpp"
#include "io/telemetry/families.hpp"

namespace reconcile {

namespace {

// Most objects are gone at once; that they are waited for is not worth a write.
constexpr base::Duration kTerminationUntold = std::chrono::seconds(1);

bool owns_nothing(const Snapshot& snapshot) {
    return lost_stages(snapshot).empty() &&
           std::ranges::all_of(snapshot.stored.stages,
                               [](const auto& stage) { return stage.second.entries.empty(); });
}

}  // namespace

base::Task<RunEnd> Reconciler::Run::tear_down() {
    // What is deleted now is no drift.
    with_.engine.observed.forget(snapshot_.owner);
    TeardownState& state = teardowns_[snapshot_.owner];
    if (state.uid != snapshot_.uid) {
        state = TeardownState{};
        state.uid = snapshot_.uid;
    }
    const auto deadline = teardown_deadline(snapshot_, with_.options);
    const bool over = deadline && with_.clock.now() >= *deadline;
    if (!state.stored && owns_nothing(snapshot_)) {
        // Perhaps for it never could connect: it must not be held up by that.
        co_return co_await let_go();
    }
    auto target = co_await connect();
    if (!target) {
        co_return co_await teardown_without_target(target.error(), over);
    }
    Engine engine = with_.engine.on(*target);
    if (auto ready = co_await prepare_teardown(engine, snapshot_, state); !ready) {
        if (ready.error().code == base::ErrorCode::kCancelled || !over) {
            co_return co_await teardown_error(ready.error());
        }
        co_return co_await abandon(ready.error().text(), "--max-teardown-wait passed");
    }
    auto look = co_await look_at_teardown(
        engine, snapshot_, state, over ? base::Duration::zero() : with_.options.teardown_stage_wait_max);
    bool hopeless = false;
    if (look && !over && look->lacks_rights()) {
        auto terminates = co_await namespace_terminates(with_.client, snapshot_.owner.ns);
        if (!terminates) {
            co_return terminates.error();
        }
        hopeless = *terminates;
    }
    if (hopeless) {
        // Whatever can still be deleted is.
        look = co_await look_at_teardown(engine, snapshot_, state, base::Duration::zero());
    }
    if (!look) {
        co_return look.error();
    }
    if (look->done()) {
        co_return co_await let_go();
    }
    if (over || hopeless) {
        co_return co_await abandon(look->text(), over ? "--max-teardown-wait passed"
                                                      : "rights that its namespace granted are gone with it");
    }
    co_return co_await await_termination(*look, state, deadline);
}

base::Task<RunEnd> Reconciler::Run::await_termination(TeardownLook look, TeardownState& state,
                                                      std::optional<base::WallTime> deadline) {
    RunEnd end;
    const Verdict verdict = verdict_of(snapshot_, look, with_.options);
    const model::Condition* ready = model::find_condition(status_.conditions, "Ready");
    const bool told = ready != nullptr && ready->message.starts_with(verdict.message);
    const bool is_news = verdict.reason != model::ReadyReason::kTerminating ||
                         with_.clock.steady_now() - state.since >= kTerminationUntold;
    if (!told && is_news) {
        record_teardown(status_, look);
        log_.info("waiting for objects to terminate", {{"message", verdict.message}});
        auto reported = co_await report(verdict);
        if (!reported) {
            co_return reported.error();
        }
    }
    end.waiting = true;
    end.requeue_after = state.poll;
    if (deadline) {
        end.requeue_after =
            std::clamp<base::Duration>(*deadline - with_.clock.now(), base::Duration::zero(), state.poll);
    }
    co_return end;
}

// What this StageSet owns cannot be reached, or not as whom it may.
base::Task<RunEnd> Reconciler::Run::teardown_without_target(base::Error error, bool over) {
    if (error.code == base::ErrorCode::kCancelled) {
        co_return error;
    }
    const std::string left = "all that it owns: connect to target cluster: " + error.text();
    if (over) {
        co_return co_await abandon(left, "--max-teardown-wait passed");
    }
    // A service account or kubeconfig that went with its namespace does not come back; a cluster that is down does.
    if (error.code == base::ErrorCode::kNotFound) {
        auto terminates = co_await namespace_terminates(with_.client, snapshot_.owner.ns);
        if (!terminates) {
            co_return terminates.error();
        }
        if (*terminates) {
            co_return co_await abandon(left, "its identity is gone with its namespace");
        }
    }
    co_return co_await teardown_error(base::wrap("connect to target cluster", std::move(error)));
}

base::Task<RunEnd> Reconciler::Run::teardown_error(base::Error error) {
    if (error.code == base::ErrorCode::kCancelled) {
        co_return error;
    }
    co_return co_await report(
        {false, model::ReadyReason::kStageFailed, "teardown: " + error.text(), Requeue::kBackoff});
}

// Lets the StageSet go although objects of it are left.
base::Task<RunEnd> Reconciler::Run::abandon(std::string left, std::string why) {
    with_.events.record(*object_, kube::EventType::kWarning, "TeardownAbandoned",
                        fmt::format("{}; left behind: {}", why, left));
    log_.error("teardown abandoned", {{"why", why}, {"left", left}, {"err", left}, {"error", left}});
    with_.metrics.add(telemetry::kTeardownAbandonedTotal,
                      {{"namespace", snapshot_.owner.ns}, {"name", snapshot_.owner.name}});
    co_return co_await let_go();
}

base::Task<RunEnd> Reconciler::Run::let_go() {
    auto released = co_await writer_.remove_finalizer(object_);
    if (!released && released.error().code != base::ErrorCode::kNotFound) {
        co_return co_await infrastructure_error("remove the finalizer", released.error());
    }
    teardowns_.erase(snapshot_.owner);
    log_.info("StageSet torn down", {{"stages", snapshot_.stored.stages.size()}});
    co_return RunEnd{};
}

base::Task<RunEnd> Reconciler::Run::rebuild_failed(std::string operation, base::Error error) {
    if (error.code == base::ErrorCode::kCancelled) {
        co_return error;
    }
    co_return co_await report(
        {false, model::ReadyReason::kStageFailed,
         fmt::format("stage \"{}\" {}: {}", snapshot_.stages.front().name, operation, error.text()),
         Requeue::kRetry});
}

// The next run sees what was found and rolls out.
base::Task<RunEnd> Reconciler::Run::rebuild() {
    auto target = co_await connect();
    if (!target) {
        co_return co_await rebuild_failed("connect to target cluster", target.error());
    }
    Engine engine = with_.engine.on(*target);
    auto keys = co_await read_keys(engine, snapshot_);
    if (!keys) {
        co_return co_await rebuild_failed("configure decryption", keys.error());
    }
    auto claims = co_await claims_ahead(engine, snapshot_, std::move(*keys), turn_);
    if (!claims) {
        co_return claims.error();
    }
    auto rebuilt = co_await reconcile::rebuild(engine, snapshot_, std::move(*claims));
    const std::string text = rebuilt ? rebuilt->text() : std::string();
    const std::string stage = lost_stages(snapshot_).front().name;
    base::Result<void> recorded =
        rebuilt ? co_await record_rebuilt(engine, snapshot_, std::move(*rebuilt)) : rebuilt.error();
    if (!recorded && recorded.error().code == base::ErrorCode::kCancelled) {
        co_return recorded.error();
    }
    if (!recorded) {
        co_return co_await report(
            {false, model::ReadyReason::kStageFailed,
             fmt::format("stage \"{}\" record inventory: its inventory is lost and could not be "
                         "found again: {}",
                         stage, recorded.error().text()),
             Requeue::kBackoff});
    }
    with_.events.record(*object_, kube::EventType::kWarning, "InventoryRebuilt",
                        "the inventory was lost and found again by labels: " + text);
    log_.warn("inventory rebuilt", {{"found", text}});
    RunEnd end;
    end.requeue_after = base::Duration::zero();
    co_return end;
}

}  // namespace reconcile
