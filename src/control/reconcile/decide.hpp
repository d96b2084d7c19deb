// SPDX-License-Identifier: 0BSD
// The state machine: from what a run knows to what it does. Pure.
#pragma once

#include <string>
#include <variant>

#include "control/reconcile/snapshot.hpp"
#include "model/ready_reason.hpp"

namespace reconcile {

// When the next run comes without a change.
enum class Requeue {
    kNever,
    kInterval,  // the drift or reconcile interval, with jitter
    kRetry,     // retryInterval
    kChange,    // a change is awaited: without one, the longer of the two above
    kSlow,      // terminal verdicts
    kBackoff,   // infrastructure errors
};

// What the Ready condition will say; the runbook suffix is added where it is written.
struct Verdict {
    bool ready = false;
    model::ReadyReason reason = model::ReadyReason::kSucceeded;
    std::string message;
    Requeue requeue = Requeue::kNever;
};

// Deleting, and our finalizer is not there: others finish the object.
struct Nothing {};
// Deleting: take down all objects, then the finalizer.
struct Teardown {};
// The inventory of a stage got lost: find out what it was before anything else.
struct Rebuild {};
// Nothing is to be applied; say why.
struct Report {
    Verdict verdict;
};
// Bring every stage to its pinned revision.
struct Rollout {
    // Same spec, same revisions, all Ready: a pass that only looks for drift and writes nothing but what it healed.
    bool steady = false;
};

struct Plan {
    bool add_finalizer = false;
    std::variant<Nothing, Teardown, Report, Rebuild, Rollout> action;
};

Plan decide(const Snapshot& snapshot);

}  // namespace reconcile
