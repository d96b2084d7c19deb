// SPDX-License-Identifier: 0BSD
#include "engine/apply/pruner.hpp"

#include <algorithm>
#include <map>

#include "base/task_group.hpp"
#include "engine/apply/ownership.hpp"

namespace apply {

namespace {

// Objects terminate within a second or take a finalizer's time.
constexpr base::Duration kFirstPoll = std::chrono::milliseconds(200);
constexpr base::Duration kSlowestPoll = std::chrono::seconds(5);
constexpr std::size_t kNamedMax = 10;

kube::ObjectRef ref_of(const inventory::Entry& entry) { return {entry.gvk(), entry.id.ns, entry.id.name}; }

// Gone, or of a kind that is served no more: nothing is left to delete.
bool is_gone(const base::Error& error) {
    return error.code == base::ErrorCode::kNotFound || error.code == base::ErrorCode::kUnsupported;
}

kube::GetOptions metadata_only() {
    kube::GetOptions options;
    options.metadata_only = true;
    return options;
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

Pruner::Pruner(kube::Client& client, base::Clock& clock, std::size_t in_flight_max)
    : client_(client), clock_(clock), in_flight_max_(in_flight_max) {}

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
        auto fate = co_await prune_one(owner, entry);
        if (!fate && fate.error().code == base::ErrorCode::kCancelled) {
            co_return fate.error();
        }
        if (!fate) {
            result.failures.push_back({entry.id, std::move(fate.error())});
        } else if (*fate == Fate::kDeleted) {
            result.deleted.push_back(entry);
        } else {
            result.released.push_back(entry);
        }
    }
    co_return base::Result<void>{};
}

base::Task<Pruner::Fate> Pruner::prune_one(Owner owner, inventory::Entry entry) {
    auto live = co_await client_.get(ref_of(entry), metadata_only());
    if (!live && is_gone(live.error())) {
        co_return Fate::kDeleted;
    }
    if (!live) {
        co_return live.error();
    }
    if (owner_of(*live) != owner || model::annotation_of(*live, model::kPruneAnnotation) == "disabled") {
        co_return Fate::kReleased;
    }
    kube::DeleteRequest request{ref_of(entry)};
    request.uid = std::string(model::uid_of(*live));
    auto removed = co_await client_.remove(std::move(request));
    if (!removed && !is_gone(removed.error())) {
        co_return removed.error();
    }
    co_return Fate::kDeleted;
}

base::Task<void> Pruner::wait_until_gone(inventory::Entries entries, base::SteadyTime deadline) {
    base::Duration poll = kFirstPoll;
    while (true) {
        inventory::Entries left;
        for (const inventory::Entry& entry : entries) {
            auto live = co_await client_.get(ref_of(entry), metadata_only());
            if (!live && live.error().code == base::ErrorCode::kCancelled) {
                co_return live.error();
            }
            if (live || !is_gone(live.error())) {
                left.push_back(entry);
            }
        }
        if (left.empty()) {
            co_return base::Result<void>{};
        }
        if (clock_.steady_now() >= deadline) {
            std::string names;
            for (std::size_t i = 0; i < std::min(kNamedMax, left.size()); ++i) {
                names += fmt::format("{}{}", i == 0 ? "" : ", ", left[i].id.text());
            }
            co_return base::Error{base::ErrorCode::kDeadlineExceeded,
                                  fmt::format("{} objects still terminate: {}", left.size(), names)};
        }
        if (auto slept = co_await clock_.sleep_for(poll); !slept) {
            co_return slept.error();
        }
        poll = std::min(kSlowestPoll, poll * 2);
        entries = std::move(left);
    }
}

}  // namespace apply
