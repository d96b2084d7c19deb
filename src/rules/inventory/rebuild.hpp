// SPDX-License-Identifier: 0BSD
// Stages whose inventory got lost, and what it was, from objects that still carry the marks of their owner.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/inventory/mode.hpp"
#include "rules/inventory/shard.hpp"

namespace inventory {

// A stage of the spec, or one that only the status still knows.
struct KnownStage {
    std::string name;
    int position = 0;
    bool prune_enabled = true;
    bool applied = false;          // the status names a revision of it
    std::int64_t entry_count = 0;  // what the status says that it owns
};

// The stages of which something was applied, but of which less is stored than was recorded, or nothing at all.
std::vector<KnownStage> lost_stages(const Stored& stored, std::span<const KnownStage> stages);

// An object with the owner labels of the StageSet, applied by our field manager.
struct FoundObject {
    Entry entry;
    std::string applyset;  // the member label; empty where there is none
};

struct RebuildInput {
    std::string stageset;
    std::string ns;
    std::span<const KnownStage> lost;
    const Stored& stored;
    std::span<const FoundObject> found;
    // The mode of the last successful run. Where it marked members, what carries no mark was never in an inventory.
    Mode mode = Mode::kHybrid;
};

// What each lost stage owned: its members; objects without a mark, in a mode that sets none, go to one stage of them, if there
// is one to a stage that is not pruned. What another stage's inventory records, or a mark of no lost stage names, is nobody's:
// when in doubt, an object stays. Each lost stage has an entry, and keeps what its shards still say.
std::map<std::string, Entries, std::less<>> rebuild(const RebuildInput& input);

}  // namespace inventory
