// SPDX-License-Identifier: 0BSD
// A stage whose inventory got lost: that it did, and what it was.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "control/reconcile/rollout.hpp"
#include "rules/inventory/rebuild.hpp"

namespace reconcile {

// The stages of the spec, and behind them those that only the status still knows.
std::vector<inventory::KnownStage> known_stages(const Snapshot& snapshot);

// Stages of which something was applied, but whose inventory records less than it did, or nothing. Pure.
std::vector<inventory::KnownStage> lost_stages(const Snapshot& snapshot);

struct Rebuilt {
    std::vector<inventory::KnownStage> lost;
    std::map<std::string, inventory::Entries, std::less<>> entries;  // of each of them
    std::vector<std::string>
        unread;  // kinds that may not be listed, and why: what there is of them stays unknown
    // "stage "app": 3 object(s)" for users.
    std::string text() const;
};

// Finds the objects of `lost` stages by their labels, among: the kinds that the stages render now (`claims`), that the
// inventory of any StageSet records, and that software is mostly made of. What is of another kind is not found, and stays.
// Errors: those of apply::find_owned.
base::Task<Rebuilt> rebuild(Engine& engine, const Snapshot& snapshot, std::vector<inventory::Entries> claims);

// Writes it down, marked as rebuilt: what no stage wants of it is not pruned by the next rollout that succeeds, but by the one
// after that. Errors: those of InventoryStore::save.
base::Task<void> record_rebuilt(Engine& engine, const Snapshot& snapshot, Rebuilt rebuilt);

}  // namespace reconcile
