// SPDX-License-Identifier: 0BSD
#include "engine/apply/inventory_store.hpp"

#include <algorithm>

#include "model/well_known.hpp"

namespace apply {

namespace {

const kube::GroupVersionKind kStageInventory{std::string(model::kGroup), "v1", "StageInventory"};

inventory::Entries copy(std::span<const inventory::Entry> entries) {
    return {entries.begin(), entries.end()};
}

void add_kinds(const inventory::Entries& entries, std::set<GroupKind>& kinds) {
    for (const inventory::Entry& entry : entries) {
        kinds.insert({entry.id.group, entry.id.kind});
    }
}

// What the shard records, whatever became of its labels.
inventory::Entries recorded_in(const model::Value& shard, const inventory::StageIdentity& stage,
                               std::size_t index) {
    model::Value labelled = inventory::shard_object(stage, index, model::name_of(shard), {});
    if (const model::Value* spec = model::find(shard, {"spec"})) {
        labelled.as_object()["spec"] = *spec;
    }
    const model::Value* const one[] = {&labelled};
    return inventory::read_shards(one).stages.at(stage.stage).entries;
}

}  // namespace

std::vector<std::string> inventory_owner_keys(const model::Value& shard) {
    const auto owner = model::label_of(shard, model::kStageSetLabel);
    if (!owner) {
        return {};
    }
    return {fmt::format("{}/{}", model::namespace_of(shard), *owner)};
}

InventoryStore::InventoryStore(kube::Client& client, kube::Informer& shards, std::size_t shard_cap,
                               inventory::Mode mode)
    : client_(client), shards_(shards), shard_cap_(shard_cap), mode_(mode) {}

inventory::Stored InventoryStore::load(const Owner& owner, const std::string& uid) const {
    std::vector<const model::Value*> owned;
    const auto found = shards_.by_index(kInventoryOwnerIndex, owner.ns + "/" + owner.name);
    for (const kube::ObjectPtr& shard : found) {
        if (inventory::is_owned_by(*shard, uid)) {
            owned.push_back(shard.get());
        }
    }
    return inventory::read_shards(owned);
}

std::set<GroupKind> InventoryStore::recorded_kinds() const {
    std::set<GroupKind> kinds = kinds_;
    shards_.visit([&kinds](const model::Value& shard) {
        const model::Value* const one[] = {&shard};
        for (const auto& [name, stage] : inventory::read_shards(one).stages) {
            add_kinds(stage.entries, kinds);
        }
    });
    return kinds;
}

std::size_t InventoryStore::shard_count(std::size_t entries) const {
    const std::size_t cap = shard_cap_ == 0 ? inventory::kDefaultShardCap : shard_cap_;
    return std::max<std::size_t>(1, (entries + cap - 1) / cap);
}

std::optional<std::string> InventoryStore::applyset_of(const inventory::StageIdentity& stage) const {
    if (!inventory::marks_applysets(mode_)) {
        return std::nullopt;
    }
    const inventory::Stored stored = load({stage.ns, stage.stageset}, stage.uid);
    const std::vector<inventory::StoredShard>& shards = stored.stage(stage.stage).shards;
    if (shards.empty() || shards.front().index != 0) {
        return inventory::stage_applyset_id(stage.stageset, stage.ns, stage.stage);
    }
    return inventory::applyset_id(
        {std::string(model::kGroup), "StageInventory", stage.ns, shards.front().name});
}

base::Task<void> InventoryStore::save(inventory::StageIdentity stage, inventory::Entries entries) {
    const inventory::Stored stored = load({stage.ns, stage.stageset}, stage.uid);
    inventory::StoredStage surplus = stored.stage(stage.stage);
    add_kinds(entries, kinds_);
    const auto parts = inventory::pack(entries, shard_cap_);
    for (std::size_t index = 0; index < parts.size(); ++index) {
        Wanted wanted{stage, index, copy(parts[index]), std::nullopt};
        if (index == 0 && inventory::marks_applysets(mode_)) {
            wanted.members = inventory::membership_of(entries);
        }
        inventory::StoredShard before;
        const auto shard = std::ranges::find(surplus.shards, index, &inventory::StoredShard::index);
        if (shard != surplus.shards.end()) {
            before = std::move(*shard);
            surplus.shards.erase(shard);
        }
        if (!before.name.empty() &&
            inventory::same_shard(before, wanted.stage, wanted.entries, wanted.members)) {
            continue;
        }
        if (auto saved = co_await save_shard(std::move(wanted), std::move(before)); !saved) {
            co_return saved.error();
        }
    }
    co_return co_await remove(stage.ns, std::move(surplus));
}

base::Task<void> InventoryStore::save_shard(Wanted wanted, inventory::StoredShard stored) {
    if (!stored.name.empty()) {
        auto updated = co_await update_shard(wanted.object(stored.name), std::move(stored.resource_version));
        if (updated || updated.error().code != base::ErrorCode::kNotFound) {
            co_return updated;
        }
        // Somebody deleted the shard since the cache saw it.
    }
    std::string name = inventory::shard_name(wanted.stage.stageset, wanted.stage.stage, wanted.index);
    co_return co_await create_shard(std::move(wanted), std::move(name), false);
}

base::Task<void> InventoryStore::create_shard(Wanted wanted, std::string name, bool is_fallback) {
    auto created = co_await client_.create(wanted.object(name), {});
    if (created) {
        shards_.observe_write(*created);
        co_return base::Result<void>{};
    }
    if (created.error().code != base::ErrorCode::kAlreadyExists) {
        co_return created.error();
    }
    auto existing = co_await client_.get({kStageInventory, wanted.stage.ns, name});
    if (!existing) {
        co_return existing.error();
    }
    if (inventory::is_owned_by(*existing, wanted.stage.uid)) {
        co_return co_await take_up_shard(std::move(wanted), std::move(*existing));
    }
    if (is_fallback) {
        co_return base::Error{
            base::ErrorCode::kAlreadyExists,
            fmt::format("StageInventory {}/{} belongs to another owner; delete or rename it", wanted.stage.ns,
                        name)};
    }
    std::string fallback = inventory::fallback_shard_name(wanted.stage, wanted.index);
    co_return co_await create_shard(std::move(wanted), std::move(fallback), true);
}

base::Task<void> InventoryStore::take_up_shard(Wanted wanted, model::Value existing) {
    const inventory::Entries stored = recorded_in(existing, wanted.stage, wanted.index);
    const bool knew_all = inventory::subtract(stored, wanted.entries).empty();
    wanted.entries = inventory::unite(stored, wanted.entries);
    auto updated = co_await update_shard(wanted.object(model::name_of(existing)),
                                         std::string(model::resource_version_of(existing)));
    if (updated && !knew_all) {
        co_return base::Error{
            base::ErrorCode::kConflict,
            fmt::format(
                "StageInventory {}/{} records objects that this run did not know of; the next run does",
                wanted.stage.ns, model::name_of(existing))};
    }
    co_return updated;
}

base::Task<void> InventoryStore::update_shard(model::Value wanted, std::string resource_version) {
    const std::pair shard{std::string(model::namespace_of(wanted)), std::string(model::name_of(wanted))};
    writing_.insert(shard);
    auto updated = co_await client_.patch({{kStageInventory, shard.first, shard.second},
                                           kube::PatchType::kMerge,
                                           inventory::shard_patch(wanted, resource_version)});
    if (updated) {
        shards_.observe_write(updated->object);
    }
    writing_.erase(shard);
    if (!updated) {
        co_return updated.error();
    }
    co_return base::Result<void>{};
}

base::Task<void> InventoryStore::remove(std::string ns, inventory::StoredStage stage) {
    for (const inventory::StoredShard& shard : stage.shards) {
        kube::DeleteRequest request{{kStageInventory, ns, shard.name}};
        request.uid = shard.uid;
        auto removed = co_await client_.remove(std::move(request));
        if (!removed && removed.error().code != base::ErrorCode::kNotFound) {
            co_return removed.error();
        }
    }
    co_return base::Result<void>{};
}

}  // namespace apply
