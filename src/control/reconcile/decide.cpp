// SPDX-License-Identifier: 0BSD
#include "control/reconcile/decide.hpp"

#include <algorithm>

#include "control/reconcile/rebuild.hpp"

namespace reconcile {

namespace {

Verdict verdict_of(const source::Unresolved& unresolved) {
    Verdict verdict;
    verdict.message = unresolved.message;
    switch (unresolved.reason) {
        case source::Reason::kSourceNotReady: verdict.reason = model::ReadyReason::kSourceNotReady; break;
        case source::Reason::kArtifactNotFound: verdict.reason = model::ReadyReason::kArtifactNotFound; break;
        case source::Reason::kResolveFailed: verdict.reason = model::ReadyReason::kResolveFailed; break;
    }
    switch (unresolved.retry) {
        case source::Retry::kWait: verdict.requeue = Requeue::kRetry; break;
        case source::Retry::kTerminal: verdict.requeue = Requeue::kSlow; break;
        case source::Retry::kBackoff: verdict.requeue = Requeue::kBackoff; break;
    }
    return verdict;
}

}  // namespace

inventory::StageIdentity Snapshot::identity(std::string stage, int position, bool prune_enabled) const {
    return {.stageset = owner.name,
            .ns = owner.ns,
            .uid = uid,
            .stage = std::move(stage),
            .position = position,
            .prune_enabled = prune_enabled};
}

std::map<std::string, std::string> Snapshot::revisions() const {
    std::map<std::string, std::string> result;
    for (const source::ResolvedSource& resolved : sources) {
        result[resolved.key()] = resolved.revision;
    }
    return result;
}

bool is_steady(const Snapshot& snapshot) {
    const bool all_ready = snapshot.status.stages.size() == snapshot.stages.size() &&
                           std::ranges::all_of(snapshot.status.stages, [](const model::StageStatus& stage) {
                               return stage.phase == model::StagePhase::kReady;
                           });
    return all_ready && snapshot.status.observed_generation == snapshot.generation &&
           snapshot.status.inventory_mode == inventory::to_string(snapshot.inventory_mode) &&
           snapshot.status.last_applied_revisions == snapshot.revisions();
}

Plan decide(const Snapshot& snapshot) {
    if (snapshot.deleting) {
        return snapshot.has_finalizer ? Plan{false, Teardown{}} : Plan{false, Nothing{}};
    }
    Plan plan;
    plan.add_finalizer = !snapshot.has_finalizer;
    if (snapshot.suspended) {
        plan.action =
            Report{{false, model::ReadyReason::kSuspended,
                    "Suspended; what was applied stays as it is. Set spec.suspend to false to go on",
                    Requeue::kNever}};
    } else if (snapshot.invalid) {
        plan.action = Report{{false, model::ReadyReason::kInvalidSpec, *snapshot.invalid, Requeue::kNever}};
    } else if (snapshot.unresolved) {
        plan.action = Report{verdict_of(*snapshot.unresolved)};
    } else if (!lost_stages(snapshot).empty()) {
        plan.action = Rebuild{};
    } else {
        plan.action = Rollout{is_steady(snapshot)};
    }
    return plan;
}

}  // namespace reconcile
