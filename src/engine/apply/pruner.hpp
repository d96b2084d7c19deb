// SPDX-License-Identifier: 0BSD
// Pruner: deletes objects that a StageSet no longer wants, and only those that are provably its own.
#pragma once

#include <vector>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "engine/apply/applier.hpp"
#include "engine/apply/live_objects.hpp"
#include "rules/inventory/entry.hpp"

namespace apply {

struct PruneResult {
    inventory::Entries deleted;           // deletion accepted, or found gone
    inventory::Entries released;          // exists, but is not ours (any more) or opted out of pruning
    std::vector<ObjectFailure> failures;  // still ours: they stay in the inventory
};

class Pruner {
public:
    Pruner(kube::Client& client, base::Clock& clock, std::size_t in_flight_max = 32);

    // Deletes in the reverse of the apply order, background propagation, with the live object's UID as precondition. Objects
    // without our owner labels, or with `stages.metio.wtf/prune: disabled`, are left alone. One failure does not stop the rest.
    // Errors: kCancelled only.
    base::Task<PruneResult> prune(Owner owner, inventory::Entries entries);

    // Returns when none of the objects with these identities exists any more. Errors: kDeadlineExceeded naming those left,
    // kCancelled.
    base::Task<void> wait_until_gone(inventory::Entries entries, base::SteadyTime deadline);

private:
    enum class Fate { kDeleted, kReleased };
    base::Task<Fate> prune_one(Owner owner, inventory::Entry entry);
    base::Task<void> prune_lane(Owner owner, const std::vector<inventory::Entry>& batch, std::size_t& next,
                                PruneResult& result);

    kube::Client& client_;
    base::Clock& clock_;
    std::size_t in_flight_max_;
};

}  // namespace apply
