// SPDX-License-Identifier: 0BSD
// The inventory mode: whether a stage's objects and its first shard carry the marks of a kubectl ApplySet.
#pragma once

#include <optional>
#include <string_view>

namespace inventory {

// StageInventory entries are recorded, and pruned from, in every mode.
enum class Mode {
    kEntries,   // no marks
    kHybrid,    // members carry part-of, shard 0 the parent's metadata
    kApplySet,  // the same marks: for users who read the ApplySet rather than the entries
};

// "entries", "hybrid" or "applyset"; nullopt for anything else.
std::optional<Mode> parse_mode(std::string_view text);
// The word, as `--inventory-mode` and `status.inventoryMode` say it.
std::string_view to_string(Mode mode);
// True when objects and shard 0 are marked.
bool marks_applysets(Mode mode);

}  // namespace inventory
