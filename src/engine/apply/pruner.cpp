// SPDX-License-Identifier: 0BSD
#include "engine/apply/pruner.hpp"

#include <algorithm>
#include <map>

#include "base/task_group.hpp"
#include "engine/apply/finalizers.hpp"
#include "engine/apply/ownership.hpp"

namespace apply {

namespace {

// Gone, or of a kind that is served no more: nothing is left to delete.
bool is_gone(const base::Error& error) {
    return error.code == base::ErrorCode::kNotFound || error.code == base::ErrorCode::kUnsupported;
}

// The entries in deletion order, cut where the kind changes: kinds depend on each other, objects of one kind do not.
std::vector<std::vector<inventory::Entry>> batches_for_deletion(const inventory::Entries& entries) {
    std::map<model::ObjectId, inventory::Entry> by_id;
    std::vector<model::ObjectId> ids;
    for (const inventory::Entry& entry : entries) {
        by_id.emplace(entry.id, entry);
        ids.push_back(entry.id);
    }
    sort_for_deletion(ids);
    std::vector<std::vector<inventory::Entry>> batches;
    for (const model::ObjectId& id : ids) {
        if (batches.empty() || batches.back().back().id.kind != id.kind ||
            batches.back().back().id.group != id.group) {
            batches.emplace_back();
        }
        batches.back().push_back(by_id.at(id));
    }
    return batches;
}

}  // namespace

kube::ObjectRef ref_of(const inventory::Entry& entry) { return {entry.gvk(), entry.id.ns, entry.id.name}; }

Pruner::Pruner(kube::Client& client, std::size_t in_flight_max)
    : client_(client), in_flight_max_(in_flight_max) {}

base::Task<PruneResult> Pruner::prune(Owner owner, inventory::Entries entries) {
    PruneResult result;
    const auto batches = batches_for_deletion(entries);
    for (const auto& batch : batches) {
        std::size_t next = 0;
        base::TaskGroup lanes(co_await base::asio::this_coro::executor);
        for (std::size_t i = 0; i < std::min(in_flight_max_, batch.size()); ++i) {
            lanes.spawn(prune_lane(owner, batch, next, result));
        }
        if (auto joined = co_await lanes.join(); !joined) {
            co_return joined.error();
        }
    }
    result.deleted = inventory::make_entries(std::move(result.deleted));
    result.released = inventory::make_entries(std::move(result.released));
    co_return result;
}

base::Task<void> Pruner::prune_lane(Owner owner, const std::vector<inventory::Entry>& batch,
                                    std::size_t& next, PruneResult& result) {
    while (next < batch.size()) {
        const inventory::Entry& entry = batch[next++];
        auto pruned = co_await prune_one(owner, entry);
        if (!pruned && pruned.error().code == base::ErrorCode::kCancelled) {
            co_return pruned.error();
        }
        if (!pruned) {
            result.failures.push_back({entry.id, std::move(pruned.error())});
        } else if (pruned->fate == Fate::kReleased) {
            result.released.push_back(entry);
        } else {
            result.deleted.push_back(entry);
            if (pruned->fate != Fate::kGone) {
                result.terminating.push_back(
                    {entry, std::move(pruned->held_by), pruned->fate == Fate::kTerminating});
            }
        }
    }
    co_return base::Result<void>{};
}

base::Task<Pruner::Pruned> Pruner::prune_one(Owner owner, inventory::Entry entry) {
    auto live = co_await client_.get(ref_of(entry), kube::metadata_only());
    if (!live && is_gone(live.error())) {
        co_return Pruned{Fate::kGone};
    }
    if (!live) {
        co_return live.error();
    }
    if (owner_of(*live) != owner || model::annotation_of(*live, model::kPruneAnnotation) == "disabled") {
        co_return Pruned{Fate::kReleased};
    }
    if (model::is_deleting(*live)) {
        co_return Pruned{Fate::kTerminating, finalizers_of(*live)};
    }
    kube::DeleteRequest request{ref_of(entry)};
    request.uid = std::string(model::uid_of(*live));
    auto removed = co_await client_.remove(std::move(request));
    if (!removed && is_gone(removed.error())) {
        co_return Pruned{Fate::kGone};
    }
    if (!removed) {
        co_return removed.error();
    }
    co_return Pruned{Fate::kDeleted, finalizers_of(*live)};
}

base::Task<std::vector<Terminating>> Pruner::still_there(std::vector<Terminating> objects) {
    std::vector<Terminating> left;
    std::size_t next = 0;
    base::TaskGroup lanes(co_await base::asio::this_coro::executor);
    for (std::size_t i = 0; i < std::min(in_flight_max_, objects.size()); ++i) {
        lanes.spawn(look_lane(objects, next, left));
    }
    if (auto joined = co_await lanes.join(); !joined) {
        co_return joined.error();
    }
    co_return left;
}

base::Task<void> Pruner::look_lane(const std::vector<Terminating>& objects, std::size_t& next,
                                   std::vector<Terminating>& left) {
    while (next < objects.size()) {
        Terminating object = objects[next++];
        if (!object.known) {
            auto live = co_await client_.get(ref_of(object.entry), kube::metadata_only());
            if (!live && live.error().code == base::ErrorCode::kCancelled) {
                co_return live.error();
            }
            if (!live && is_gone(live.error())) {
                continue;
            }
            if (live) {
                object.held_by = finalizers_of(*live);
            }
        }
        left.push_back(std::move(object));
    }
    co_return base::Result<void>{};
}

}  // namespace apply
