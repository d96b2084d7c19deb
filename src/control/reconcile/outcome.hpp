// SPDX-License-Identifier: 0BSD
// From a run's result to what users see of it: verdict, status, drift. Pure.
#pragma once

#include <string>
#include <vector>

#include "control/reconcile/decide.hpp"
#include "control/reconcile/options.hpp"
#include "control/reconcile/rollout.hpp"

namespace reconcile {

// What the Ready condition says after a rollout.
Verdict verdict_of(const Snapshot& snapshot, const RolloutResult& result);

// The status before the first stage: attempted revisions, an entry for each stage of the spec (kept from before, or
// Pending), none for stages that left the spec.
model::StageSetStatus status_at_start(const Snapshot& snapshot);

// Writes what the rollout did to one stage into its entry.
void record_stage(model::StageSetStatus& status, const StageResult& result);

// `status` with what the rollout did to each stage it reached; entries of stages that it did not reach stay.
model::StageSetStatus status_after(const Snapshot& snapshot, model::StageSetStatus status,
                                   const RolloutResult& result);

// Writes the Ready condition. The transition time moves only when the condition's status changes; the message gets the
// runbook link of its reason. observedGeneration moves unless the verdict is Suspended.
void set_ready(model::StageSetStatus& status, const Verdict& verdict, std::int64_t generation,
               base::WallTime now);

// Objects that a steady pass had to create or change: somebody else touched them.
struct Drift {
    std::string stage;
    std::vector<model::ObjectId> objects;
};
std::vector<Drift> drift_of(const Snapshot& snapshot, const RolloutResult& result);

// When to run again without a change; nullopt: not before one.
std::optional<base::Duration> requeue_after(const Snapshot& snapshot, Requeue requeue,
                                            const Options& options);

}  // namespace reconcile
