// SPDX-License-Identifier: 0BSD
// Which changes of objects make which StageSets run.
#pragma once

#include <string>
#include <vector>

#include "control/queue/queue.hpp"
#include "engine/apply/inventory_store.hpp"
#include "engine/source/watches.hpp"
#include "io/kube/informer.hpp"

namespace controller {

// The index that finds StageSets by SourceId::key() of what their stages name, in whatever namespace.
inline constexpr const char* kSourceIndex = "source";
std::vector<std::string> source_keys(const model::Value& stageset);

enum class Reaction {
    kNone,
    kRun,        // once more, after a run that is under way
    kInterrupt,  // what a run is doing is out of date: stop it and start over
};

// Status writes, ours or others', are no reason to run.
Reaction on_stageset_change(const kube::Change& change);
// Somebody edited or removed what we recorded; our own writes do not show as changes, and shards of stages that the StageSet
// no longer has may go.
Reaction on_inventory_change(const kube::Change& change, const model::Value* owner);

// Adds these reactions to the informers; call before they run. All must outlive the informers.
void connect(kube::Informer& stagesets, source::SourceWatches& sources, kube::Informer& inventories,
             const apply::InventoryStore& store, queue::Queue& queue);

}  // namespace controller
