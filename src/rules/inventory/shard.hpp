// SPDX-License-Identifier: 0BSD
// StageInventory objects: how a stage's entries are cut into shards, named, labelled, written and read back.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/inventory/applyset.hpp"
#include "rules/inventory/entry.hpp"

namespace inventory {

// What `--inventory-shard-cap` means when it is not positive.
inline constexpr std::size_t kDefaultShardCap = 5000;

// The stage whose inventory is written, and its owner.
struct StageIdentity {
    std::string stageset;
    std::string ns;
    std::string uid;  // of the StageSet
    std::string stage;
    int position = 0;  // in spec.stages
    // False is remembered on the shards (annotation stages.metio.wtf/prune: disabled), for when the stage leaves the spec.
    bool prune_enabled = true;
    // Its inventory was lost and found again by labels: nothing is pruned until a rollout succeeded (annotation on the shards).
    bool rebuilt = false;
};

// "<stageset>-<stage>-<NN>"; longer than 253 characters: the first 242 without trailing '-', then '-' and ten hex digits of
// the full name's SHA-256. Not injective: look shards up by label, and see fallback_shard_name.
std::string shard_name(std::string_view stageset, std::string_view stage, std::size_t index);
// The name to use when shard_name belongs to another owner: "<stageset>-<stage>-<hash>-<NN>", where ten hex digits hash
// namespace, StageSet and stage separately; cut like shard_name.
std::string fallback_shard_name(const StageIdentity& stage, std::size_t index);

// Cuts sorted entries into shards of at most `cap`; an empty set still has one empty shard. `cap` 0 is kDefaultShardCap.
std::vector<std::span<const Entry>> pack(std::span<const Entry> entries, std::size_t cap);

// The StageInventory with labels, owner reference and entries, ready to be created. `name` is one of the names above.
// With `members` it is an ApplySet's parent, too.
model::Value shard_object(const StageIdentity& stage, std::size_t index, std::string_view name,
                          std::span<const Entry> entries,
                          const std::optional<Membership>& members = std::nullopt);

// The JSON merge patch that makes a stored shard of ours say what `wanted` (a shard_object) says. Labels, annotations and owners
// of others stay. Nothing is written when the shard is no longer at `resource_version`.
model::Value shard_patch(const model::Value& wanted, std::string_view resource_version);

// One shard as it is stored.
struct StoredShard {
    std::size_t index = 0;
    std::string name;
    std::string uid;
    std::string resource_version;
    int position = 0;
    bool prune_enabled = true;
    bool rebuilt = false;
    ParentMetadata parent;  // empty where the shard is no ApplySet's parent
    Entries entries;
};

// All that is stored for one stage.
struct StoredStage {
    int position = 0;
    bool prune_enabled = true;
    bool rebuilt = false;             // some shard is marked so
    Entries entries;                  // of all shards together
    std::vector<StoredShard> shards;  // by index
};

struct Stored {
    std::map<std::string, StoredStage, std::less<>> stages;
    // An empty one where nothing is stored.
    const StoredStage& stage(std::string_view name) const;
    // Entries and shards that cannot be read, named: the objects behind them are unknown and stay.
    std::vector<std::string> problems;
};

// Reads the StageInventory objects of one StageSet (those with its label and its owner reference; the caller selects
// them). `group/version` is accepted in an entry's version.
Stored read_shards(std::span<const model::Value* const> objects);

// True when the stored shard says what shard_object would: nothing has to be written.
bool same_shard(const StoredShard& stored, const StageIdentity& stage, std::span<const Entry> entries,
                const std::optional<Membership>& members = std::nullopt);

// True when the object's controller owner reference is the StageSet with `uid`.
bool is_owned_by(const model::Value& object, std::string_view uid);

}  // namespace inventory
