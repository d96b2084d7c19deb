// SPDX-License-Identifier: 0BSD
#include "control/reconcile/outcome.hpp"

#include <algorithm>

#include "io/artifact/fetcher.hpp"
#include "io/kube/denied.hpp"
#include "model/utf8.hpp"

namespace reconcile {

namespace {

model::StageStatus* find_stage(model::StageSetStatus& status, std::string_view name) {
    const auto found = std::ranges::find(status.stages, name, &model::StageStatus::name);
    return found == status.stages.end() ? nullptr : &*found;
}

const model::StageStatus* find_stage(const model::StageSetStatus& status, std::string_view name) {
    const auto found = std::ranges::find(status.stages, name, &model::StageStatus::name);
    return found == status.stages.end() ? nullptr : &*found;
}

// With the rule that would grant what was denied.
std::string failure_text(const Snapshot& snapshot, const StageFailure& failure) {
    std::string text = failure.operation + ": " + failure.error.text();
    const std::string hint = kube::rights_hint(text);
    if (hint.empty()) {
        return text;
    }
    const bool as_controller = snapshot.target.service_account.empty() && !snapshot.target.kube_config;
    return text + "; " +
           (as_controller ? "name a ServiceAccount that may do this in spec.serviceAccountName, or " : "") +
           hint;
}

// An artifact that cannot be used stays so until its source changes, and that starts a run by itself: asking its server again
// and again does nothing but keep it busy.
Requeue requeue_of(const StageFailure& failure) {
    return failure.operation == kFetchOperation && artifact::is_terminal(failure.error.code)
               ? Requeue::kChange
               : Requeue::kRetry;
}

}  // namespace

Verdict verdict_of(const Snapshot& snapshot, const RolloutResult& result) {
    if (result.duplicate_claims) {
        return {false, model::ReadyReason::kInvalidSpec, *result.duplicate_claims, Requeue::kSlow};
    }
    if (result.failure) {
        return {
            false, model::ReadyReason::kStageFailed,
            fmt::format("stage \"{}\" {}", result.failure->stage, failure_text(snapshot, *result.failure)),
            requeue_of(*result.failure)};
    }
    const std::size_t count = snapshot.stages.size();
    Verdict verdict{
        true, model::ReadyReason::kSucceeded,
        count == 1 ? std::string("All 1 stage applied") : fmt::format("All {} stages applied", count),
        Requeue::kInterval};
    if (!result.prune_deferred.empty()) {
        verdict.message += fmt::format(
            "; nothing was pruned, since the inventory of stage {} was lost and found again by labels: the "
            "next "
            "run prunes",
            result.prune_deferred);
        verdict.requeue = Requeue::kSlow;
    }
    return verdict;
}

model::StageSetStatus status_at_start(const Snapshot& snapshot) {
    model::StageSetStatus status = snapshot.status;
    status.last_attempted_revisions = snapshot.revisions();
    std::vector<model::StageStatus> stages;
    for (const StageInput& stage : snapshot.stages) {
        if (const model::StageStatus* before = find_stage(snapshot.status, stage.name)) {
            stages.push_back(*before);
        } else {
            model::StageStatus added;
            added.name = stage.name;
            added.phase = model::StagePhase::kPending;
            stages.push_back(std::move(added));
        }
    }
    status.stages = std::move(stages);
    return status;
}

void record_stage(model::StageSetStatus& status, const StageResult& result) {
    model::StageStatus* stage = find_stage(status, result.name);
    if (stage == nullptr) {
        return;
    }
    stage->phase = result.ready ? model::StagePhase::kReady : model::StagePhase::kFailed;
    stage->message = result.ready ? result.note : std::string();
    // A revision that was never applied must not look applied: the next success would be taken for drift.
    if (result.applied) {
        stage->applied_revision = result.revision;
        stage->entries_count = static_cast<std::int64_t>(result.entry_count);
        stage->shards = static_cast<std::int32_t>(result.shard_count);
    }
}

model::StageSetStatus status_after(const Snapshot& snapshot, model::StageSetStatus status,
                                   const RolloutResult& result) {
    for (const StageResult& done : result.stages) {
        record_stage(status, done);
    }
    if (result.failure) {
        if (model::StageStatus* stage = find_stage(status, result.failure->stage)) {
            stage->phase = model::StagePhase::kFailed;
            stage->message = failure_text(snapshot, *result.failure);
        }
    } else if (!result.duplicate_claims) {
        status.last_applied_revisions = snapshot.revisions();
        status.inventory_mode = inventory::to_string(snapshot.inventory_mode);
    }
    return status;
}

void set_ready(model::StageSetStatus& status, const Verdict& verdict, std::int64_t generation,
               base::WallTime now) {
    model::Condition ready;
    ready.type = "Ready";
    ready.status = verdict.ready ? "True" : "False";
    ready.reason = std::string(model::to_string(verdict.reason));
    // The schema bounds the message; the link at its end must not be what is cut off.
    const std::string suffix = model::runbook_suffix(verdict.reason);
    ready.message =
        std::string(model::utf8_prefix(verdict.message, model::kMessageBytesMax - suffix.size())) + suffix;
    ready.observed_generation = generation;
    model::set_condition(status.conditions, std::move(ready), now);
    if (verdict.reason != model::ReadyReason::kSuspended) {
        status.observed_generation = generation;
    }
}

std::vector<Drift> drift_of(const Snapshot& snapshot, const RolloutResult& result) {
    std::vector<Drift> drift;
    if (snapshot.status.observed_generation != snapshot.generation) {
        // The spec changed: what differs is wanted.
        return drift;
    }
    if (snapshot.status.inventory_mode != inventory::to_string(snapshot.inventory_mode)) {
        // Another mode, other labels.
        return drift;
    }
    for (const StageResult& done : result.stages) {
        const model::StageStatus* before = find_stage(snapshot.status, done.name);
        const bool same_revision = before != nullptr && before->phase == model::StagePhase::kReady &&
                                   !before->applied_revision.empty() &&
                                   before->applied_revision == done.revision;
        // Without that knowledge, as after a restart, the same spec at the same revision has to do.
        if (same_revision && done.same_inputs.value_or(true) && !done.changed.empty()) {
            drift.push_back({done.name, done.changed});
        }
    }
    return drift;
}

std::optional<base::Duration> requeue_after(const Snapshot& snapshot, Requeue requeue,
                                            const Options& options) {
    switch (requeue) {
        case Requeue::kInterval: return snapshot.interval;
        case Requeue::kRetry: return snapshot.retry_interval;
        case Requeue::kChange: return std::max(snapshot.interval, snapshot.retry_interval);
        case Requeue::kSlow: return options.slow_recheck;
        case Requeue::kNever:
        case Requeue::kBackoff: return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace reconcile
