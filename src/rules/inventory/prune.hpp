// SPDX-License-Identifier: 0BSD
// What to delete after all stages succeeded, and when a StageSet is deleted.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "rules/inventory/shard.hpp"

namespace inventory {

// A stage of the spec with what it applied in this run.
struct DesiredStage {
    std::string name;
    int position = 0;
    bool prune_enabled = true;
    Entries entries;
};

// One stage's deletions; `removed` stages are no longer in the spec and lose their shards afterwards.
struct PruneStep {
    std::string stage;
    int position = 0;
    bool removed = false;
    Entries entries;  // sorted as entries are; the deletion order by kind is the applier's
};

// Later stages first. An object that any desired stage claims is never listed, and no object is listed twice. Stages with
// pruning disabled list nothing (a removed one by what its shards remember), but a removed stage is always present.
std::vector<PruneStep> plan_prune(const Stored& stored, std::span<const DesiredStage> desired);

// A stage of the spec, for teardown.
struct SpecStage {
    std::string name;
    bool prune_enabled = true;
};
// All stored objects, by recorded position from the last stage to the first; stages with pruning disabled (by the spec,
// or for stages that left it by their shards) are left out, their objects stay.
std::vector<PruneStep> plan_teardown(const Stored& stored, std::span<const SpecStage> spec);

}  // namespace inventory
