// SPDX-License-Identifier: 0BSD
// Pruner: deletes objects that a StageSet no longer wants, and only those that are provably its own.
#pragma once

#include <string>
#include <vector>

#include "base/task.hpp"
#include "engine/apply/applier.hpp"
#include "engine/apply/live_objects.hpp"
#include "rules/inventory/entry.hpp"

namespace apply {

kube::ObjectRef ref_of(const inventory::Entry& entry);

// An object that existed when it was looked at and whose deletion was accepted.
struct Terminating {
    inventory::Entry entry;
    std::string held_by = {};  // its finalizers, "a, b"
    bool known = false;        // it was being deleted already: looked at after its deletion was accepted
};

struct PruneResult {
    inventory::Entries deleted;            // deletion accepted, or found gone
    std::vector<Terminating> terminating;  // those of them that may exist still
    inventory::Entries released;           // exists, but is not ours (any more) or opted out of pruning
    std::vector<ObjectFailure> failures;   // still ours: they stay in the inventory
};

class Pruner {
public:
    explicit Pruner(kube::Client& client, std::size_t in_flight_max = 32);

    // Deletes in the reverse of the apply order, background propagation, with the live object's UID as precondition. Objects
    // without our owner labels, or with `stages.metio.wtf/prune: disabled`, are left alone. One failure does not stop the rest.
    // Errors: kCancelled only.
    base::Task<PruneResult> prune(Owner owner, inventory::Entries entries);

    // Those of `objects` that do exist still: most are gone as soon as their deletion is accepted. Errors: kCancelled only.
    base::Task<std::vector<Terminating>> still_there(std::vector<Terminating> objects);

private:
    enum class Fate { kGone, kTerminating, kDeleted, kReleased };
    struct Pruned {
        Fate fate = Fate::kGone;
        std::string held_by = {};
    };
    base::Task<Pruned> prune_one(Owner owner, inventory::Entry entry);
    base::Task<void> prune_lane(Owner owner, const std::vector<inventory::Entry>& batch, std::size_t& next,
                                PruneResult& result);
    base::Task<void> look_lane(const std::vector<Terminating>& objects, std::size_t& next,
                               std::vector<Terminating>& left);

    kube::Client& client_;
    std::size_t in_flight_max_;
};

}  // namespace apply
