// SPDX-License-Identifier: 0BSD
// InventoryStore: reads and writes the StageInventory objects in which a StageSet records all that it owns.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/task.hpp"
#include "engine/apply/live_objects.hpp"
#include "io/kube/informer.hpp"
#include "rules/inventory/mode.hpp"
#include "rules/inventory/prune.hpp"
#include "rules/inventory/shard.hpp"

namespace apply {

// The informer's index that finds shards by "<namespace>/<StageSet>"; add it before the informer runs.
inline constexpr const char* kInventoryOwnerIndex = "owner";
std::vector<std::string> inventory_owner_keys(const model::Value& shard);

struct GroupKind {
    std::string group;
    std::string kind;

    auto operator<=>(const GroupKind&) const = default;
};

class InventoryStore {
public:
    // `shards` follows StageInventories with kInventoryOwnerIndex and is synced before the first call.
    InventoryStore(kube::Client& client, kube::Informer& shards, std::size_t shard_cap, inventory::Mode mode);

    inventory::Mode mode() const { return mode_; }

    // All that is recorded for the StageSet with this uid; includes this program's own latest writes.
    inventory::Stored load(const Owner& owner, const std::string& uid) const;

    // The kinds that inventories record, those of all StageSets together, or that this program ever recorded.
    std::set<GroupKind> recorded_kinds() const;

    // How many shards hold so many entries.
    std::size_t shard_count(std::size_t entries) const;

    // The id of the stage's ApplySet, which its objects are to carry: by the name of its first shard, which save() settles.
    // nullopt where the mode marks none.
    std::optional<std::string> applyset_of(const inventory::StageIdentity& stage) const;

    // Makes the stage's shards say exactly `entries`; writes nothing where they already do. Surplus shards are deleted last,
    // so that a crash midway leaves more recorded than needed, never less. Errors: those of kube::Client.
    base::Task<void> save(inventory::StageIdentity stage, inventory::Entries entries);

    // True while a write of ours to that shard is under way: a change that a watch shows meanwhile is our own.
    bool is_writing(const std::string& ns, const std::string& name) const {
        return writing_.contains({ns, name});
    }

    // Deletes the shards of a stage that is no longer in the spec.
    base::Task<void> remove(std::string ns, inventory::StoredStage stage);

private:
    // A shard as it is to be; `members` where it is an ApplySet's parent.
    struct Wanted {
        inventory::StageIdentity stage;
        std::size_t index = 0;
        inventory::Entries entries;
        std::optional<inventory::Membership> members;

        model::Value object(std::string_view name) const {
            return inventory::shard_object(stage, index, name, entries, members);
        }
    };
    base::Task<void> save_shard(Wanted wanted, inventory::StoredShard stored);
    base::Task<void> create_shard(Wanted wanted, std::string name, bool is_fallback);
    // Updates a shard that is ours, but that the cache does not know (yet, or for its labels are lost). What it records
    // stays; kConflict when that is more than this run knew, for the run would forget it at its end.
    base::Task<void> take_up_shard(Wanted wanted, model::Value existing);
    base::Task<void> update_shard(model::Value wanted, std::string resource_version);

    kube::Client& client_;
    kube::Informer& shards_;
    std::size_t shard_cap_;
    inventory::Mode mode_;
    std::set<std::pair<std::string, std::string>> writing_;
    std::set<GroupKind> kinds_;  // ever recorded; as many as a cluster has kinds
};

}  // namespace apply
