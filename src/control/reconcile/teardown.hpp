// SPDX-License-Identifier: 0BSD
// Teardown: deletes all that a StageSet owns, last stage first.
#pragma once

#include "control/reconcile/options.hpp"
#include "control/reconcile/rollout.hpp"

namespace reconcile {

// Deletes each stage's objects and waits until they are gone (bounded) before it goes on to the stage before. Stages with
// `prune: false` are left behind. Ok: nothing of ours is left to delete.
// `turn` is held, and given back during those waits.
// Errors: the first object's that could not be deleted, naming the stage; kCancelled.
base::Task<void> tear_down(Engine& engine, const Snapshot& snapshot, Options options, base::Logger log,
                           base::Turn& turn);

}  // namespace reconcile
