// SPDX-License-Identifier: 0BSD
#include "control/reconcile/still_applied.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/apply/ownership.hpp"

namespace reconcile {

namespace {

using Object = apply::ObservedStage::Object;

struct Unwatched {
    inventory::Entry entry;
    apply::Marks remembered;
};
// By kind and namespace: what one list answers.
using Lists = std::map<std::pair<model::GroupVersionKind, std::string>, std::vector<Unwatched>>;

std::vector<model::GroupVersionKind> kinds_of(const inventory::Entries& entries) {
    std::set<model::GroupVersionKind> kinds;
    for (const inventory::Entry& entry : entries) {
        kinds.insert(entry.gvk());
    }
    return {kinds.begin(), kinds.end()};
}

// Adds to `changed` those of one kind and namespace that are not as remembered.
base::Task<void> compare_by_list(kube::Client& client, apply::Owner owner, model::GroupVersionKind gvk,
                                 std::string ns, const std::vector<Unwatched>& objects,
                                 std::vector<model::ObjectId>& changed) {
    std::map<std::string, apply::Marks> found;
    kube::ListRequest request;
    request.gvk = std::move(gvk);
    request.ns = std::move(ns);
    request.label_selector = apply::owner_selector(owner);
    request.metadata_only = true;
    request.take_page = [&found](std::vector<model::Value> items, const std::string&) {
        for (const model::Value& item : items) {
            found[std::string(model::name_of(item))] = apply::marks_of_metadata(item);
        }
    };
    auto listed = co_await client.list(std::move(request));
    if (!listed && listed.error().code == base::ErrorCode::kCancelled) {
        co_return listed.error();
    }
    for (const Unwatched& object : objects) {
        const auto seen = found.find(object.entry.id.name);
        if (!listed || seen == found.end() || !apply::same_marks(seen->second, object.remembered)) {
            changed.push_back(object.entry.id);
        }
    }
    co_return base::Result<void>{};
}

}  // namespace

base::Task<std::optional<StillApplied>> still_applied(Engine& engine, apply::Owner owner, std::string stage,
                                                      std::string fingerprint, inventory::Entries stored) {
    const apply::ObservedStage* known = engine.observed.find(owner, stage);
    if (known == nullptr || known->fingerprint != fingerprint) {
        co_return std::nullopt;
    }
    StillApplied still;
    std::vector<apply::Marks> remembered;
    for (inventory::Entry& entry : stored) {
        if (const Object* object = known->find(entry.id)) {
            still.entries.push_back(std::move(entry));
            remembered.push_back(object->marks);
        }
    }
    if (still.entries.size() != known->objects.size()) {
        co_return std::nullopt;
    }
    if (auto followed = co_await engine.live.wait_followed(kinds_of(still.entries)); !followed) {
        co_return followed.error();
    }
    Lists unwatched;
    for (std::size_t i = 0; i < still.entries.size(); ++i) {
        const inventory::Entry& entry = still.entries[i];
        const apply::Sight sight = engine.live.sight(apply::ref_of(entry));
        if (!sight.watched) {
            unwatched[{entry.gvk(), entry.id.ns}].push_back({entry, remembered[i]});
        } else if (!sight.marks || !apply::same_marks(*sight.marks, remembered[i])) {
            still.changed.push_back(entry.id);
        }
    }
    for (const auto& [where, objects] : unwatched) {
        auto compared = co_await compare_by_list(engine.cluster, owner, where.first, where.second, objects,
                                                 still.changed);
        if (!compared) {
            co_return compared.error();
        }
    }
    std::ranges::sort(still.changed);
    co_return still;
}

std::vector<apply::AppliedObject> unchanged(const inventory::Entries& entries) {
    std::vector<apply::AppliedObject> objects;
    objects.reserve(entries.size());
    for (const inventory::Entry& entry : entries) {
        objects.push_back({entry.id, entry.gvk()});
    }
    return objects;
}

std::vector<apply::AppliedObject> take_unchanged(std::vector<model::Value>& objects,
                                                 const std::vector<model::ObjectId>& changed) {
    std::vector<apply::AppliedObject> taken;
    std::erase_if(objects, [&](const model::Value& object) {
        model::ObjectId id = model::id_of(object);
        if (std::ranges::binary_search(changed, id)) {
            return false;
        }
        taken.push_back({std::move(id), model::gvk_of(object)});
        return true;
    });
    return taken;
}

void remember(Engine& engine, const apply::Owner& owner, const std::string& stage, std::string fingerprint,
              const std::vector<apply::AppliedObject>& objects) {
    const apply::ObservedStage* before = engine.observed.find(owner, stage);
    apply::ObservedStage now{std::move(fingerprint), {}};
    if (before != nullptr && before->fingerprint == now.fingerprint) {
        now.judged_ready = before->judged_ready;
    }
    now.objects.reserve(objects.size());
    for (const apply::AppliedObject& applied : objects) {
        apply::Marks marks = applied.marks;
        if (marks == apply::Marks{} && before != nullptr) {
            if (const Object* object = before->find(applied.id)) {
                marks = object->marks;
            }
        }
        now.objects.push_back({apply::hash_of(applied.id), marks});
        engine.live.follow(applied.gvk);
    }
    engine.observed.remember(owner, stage, std::move(now));
}

void mark_judged(const Engine& engine, const apply::Owner& owner, const std::string& stage,
                 std::vector<apply::Awaited>& awaited) {
    const apply::ObservedStage* known = engine.observed.find(owner, stage);
    if (known == nullptr || known->judged_ready.empty()) {
        return;
    }
    for (apply::Awaited& object : awaited) {
        const kube::ObjectRef& ref = object.ref;
        const auto found =
            known->judged_ready.find(apply::hash_of({ref.gvk.group, ref.gvk.kind, ref.ns, ref.name}));
        // What was applied just now has a version of its own.
        if (object.applied && object.resource_version.empty() && found != known->judged_ready.end()) {
            object.resource_version = found->second;
            object.judged = true;
        }
    }
}

bool changed_since(Engine& engine, const apply::Owner& owner, const std::vector<inventory::Entries>& stages) {
    return std::ranges::any_of(stages, [&](const inventory::Entries& entries) {
        return std::ranges::any_of(entries, [&](const inventory::Entry& entry) {
            const apply::Sight sight = engine.live.sight(apply::ref_of(entry));
            return sight.watched && engine.observed.differs({owner, entry.id, sight.marks});
        });
    });
}

}  // namespace reconcile
