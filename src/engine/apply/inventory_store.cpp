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

InventoryStore::InventoryStore(kube::Client& client, kube::Informer& shards, std::size_t shard_cap)
    : client_(client), shards_(shards), shard_cap_(shard_cap) {}

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

std::size_t InventoryStore::shard_count(std::size_t entries) const {
    const std::size_t cap = shard_cap_ == 0 ? inventory::kDefaultShardCap : shard_cap_;
    return std::max<std::size_t>(1, (entries + cap - 1) / cap);
}

base::Task<void> InventoryStore::save(inventory::StageIdentity stage, inventory::Entries entries) {
    const inventory::Stored stored = load({stage.ns, stage.stageset}, stage.uid);
    const auto found = stored.stages.find(stage.stage);
    const inventory::StoredStage before =
        found == stored.stages.end() ? inventory::StoredStage{} : found->second;
    const auto parts = inventory::pack(entries, shard_cap_);
    for (std::size_t index = 0; index < parts.size(); ++index) {
        const auto shard = std::ranges::find(before.shards, index, &inventory::StoredShard::index);
        if (shard != before.shards.end() && inventory::same_shard(*shard, stage, parts[index])) {
            continue;
        }
        auto saved = co_await save_shard(stage, index,
                                         shard == before.shards.end() ? inventory::StoredShard{} : *shard,
                                         copy(parts[index]));
        if (!saved) {
            co_return saved.error();
        }
    }
    inventory::StoredStage surplus;
    std::ranges::copy_if(
        before.shards, std::back_inserter(surplus.shards),
        [&parts](const inventory::StoredShard& shard) { return shard.index >= parts.size(); });
    co_return co_await remove(stage.ns, std::move(surplus));
}

base::Task<void> InventoryStore::save_shard(inventory::StageIdentity stage, std::size_t index,
                                            inventory::StoredShard stored, inventory::Entries entries) {
    if (!stored.name.empty()) {
        model::Value object = inventory::shard_object(stage, index, stored.name, entries);
        model::ensure_object(object, {"metadata"})["resourceVersion"] = stored.resource_version;
        auto updated = co_await update_shard(std::move(object));
        if (updated || updated.error().code != base::ErrorCode::kNotFound) {
            co_return updated;
        }
        // Somebody deleted the shard since the cache saw it.
    }
    std::string name = inventory::shard_name(stage.stageset, stage.stage, index);
    co_return co_await create_shard(std::move(stage), index, std::move(name), std::move(entries), false);
}

base::Task<void> InventoryStore::create_shard(inventory::StageIdentity stage, std::size_t index,
                                              std::string name, inventory::Entries entries,
                                              bool is_fallback) {
    model::Value object = inventory::shard_object(stage, index, name, entries);
    auto created = co_await client_.create(object, {});
    if (created) {
        shards_.observe_write(*created);
        co_return base::Result<void>{};
    }
    if (created.error().code != base::ErrorCode::kAlreadyExists) {
        co_return created.error();
    }
    auto existing = co_await client_.get({kStageInventory, stage.ns, name});
    if (!existing) {
        co_return existing.error();
    }
    if (inventory::is_owned_by(*existing, stage.uid)) {
        co_return co_await take_up_shard(std::move(stage), index, std::move(*existing), std::move(entries));
    }
    if (is_fallback) {
        co_return base::Error{
            base::ErrorCode::kAlreadyExists,
            fmt::format("StageInventory {}/{} belongs to another owner; delete or rename it", stage.ns,
                        name)};
    }
    std::string fallback = inventory::fallback_shard_name(stage, index);
    co_return co_await create_shard(std::move(stage), index, std::move(fallback), std::move(entries), true);
}

base::Task<void> InventoryStore::take_up_shard(inventory::StageIdentity stage, std::size_t index,
                                               model::Value existing, inventory::Entries entries) {
    const inventory::Entries stored = recorded_in(existing, stage, index);
    const bool knew_all = inventory::subtract(stored, entries).empty();
    model::Value object =
        inventory::shard_object(stage, index, model::name_of(existing), inventory::unite(stored, entries));
    model::ensure_object(object, {"metadata"})["resourceVersion"] = model::resource_version_of(existing);
    auto updated = co_await update_shard(std::move(object));
    if (updated && !knew_all) {
        co_return base::Error{
            base::ErrorCode::kConflict,
            fmt::format(
                "StageInventory {}/{} records objects that this run did not know of; the next run does",
                stage.ns, model::name_of(existing))};
    }
    co_return updated;
}

base::Task<void> InventoryStore::update_shard(model::Value object) {
    const std::pair shard{std::string(model::namespace_of(object)), std::string(model::name_of(object))};
    writing_.insert(shard);
    auto updated = co_await client_.update(std::move(object), {});
    if (updated) {
        shards_.observe_write(*updated);
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
