// SPDX-License-Identifier: 0BSD
// Teardown: deletes all that a StageSet owns, last stage first, in looks between which nothing is held.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>

#include "control/reconcile/decide.hpp"
#include "control/reconcile/options.hpp"
#include "control/reconcile/rollout.hpp"

namespace reconcile {

// What is kept of a teardown between two looks. Without it, as after a restart, a look begins anew and finds less to do.
struct TeardownState {
    std::string uid;  // of the StageSet: another of the same name begins anew
    // As it was at the first look: when its namespace goes, the inventory may be gone long before the objects are.
    std::optional<inventory::Stored> stored;
    inventory::Entries settled;    // gone, or not ours: not looked at again
    std::string stage;             // the one that is waited for
    base::SteadyTime since{};      // when that began
    std::set<std::string> passed;  // stages whose time was over
    base::Duration poll{};         // to the next look
    base::SteadyTime looked_at{};
};

// One stage whose objects are not gone.
struct StageLeft {
    std::string stage;
    std::size_t entry_count = 0;                  // of all that it had
    std::vector<apply::Terminating> terminating;  // their deletion was accepted
    std::vector<apply::ObjectFailure> failures;   // theirs was not
};

struct TeardownLook {
    std::vector<StageLeft> left;     // stages looked at, the last stage first; empty: nothing of ours is left
    std::vector<std::string> later;  // stages that come after them

    bool done() const { return left.empty() && later.empty(); }
    // True when what stands in the way is that rights are missing, and nothing else.
    bool lacks_rights() const;
    // "stage "app": 2 of 5 object(s) still terminate: ConfigMap/t/a (held by example.com/hold), …; then stage "base"".
    std::string text() const;
};

// Fills state.stored when it is empty; of stages whose inventory is lost, with what carries their marks.
// Errors: those of rebuild().
base::Task<void> prepare_teardown(Engine& engine, const Snapshot& snapshot, TeardownState& state);

// Deletes what can be deleted now, without waiting. A stage is begun when those after it are gone, or were waited for
// `stage_wait_max`. Stages with `prune: false` are left behind. Errors: kCancelled only.
base::Task<TeardownLook> look_at_teardown(Engine& engine, const Snapshot& snapshot, TeardownState& state,
                                          base::Duration stage_wait_max);

// The verdict while it goes on: Terminating, or StageFailed where a deletion was refused.
Verdict verdict_of(const Snapshot& snapshot, const TeardownLook& look, const Options& options);
// Shows in the status which stage is at work.
void record_teardown(model::StageSetStatus& status, const TeardownLook& look);

// When the finalizer is released whatever is left; nullopt: never.
std::optional<base::WallTime> teardown_deadline(const Snapshot& snapshot, const Options& options);

// True when the namespace of the StageSet is being deleted itself: rights that were granted in it will not come back.
// Errors: kCancelled only; false when it cannot be read.
base::Task<bool> namespace_terminates(kube::Client& client, std::string ns);

}  // namespace reconcile
