// SPDX-License-Identifier: 0BSD
#include "apps/controller/triggers.hpp"

#include <algorithm>
#include <array>

#include "model/well_known.hpp"

namespace controller {

namespace {

constexpr std::array kRequestAnnotations = {model::kRequestedAtAnnotation, model::kForceAtAnnotation,
                                            model::kReconcileStageAnnotation, model::kUpdateNowAnnotation};

void react(queue::Queue& queue, Reaction reaction, queue::Key key) {
    if (reaction == Reaction::kRun) {
        queue.add(std::move(key));
    } else if (reaction == Reaction::kInterrupt) {
        queue.interrupt(std::move(key));
    }
}

const model::Value& object_of(const kube::Change& change) {
    return change.after ? *change.after : *change.before;
}

queue::Key key_of(const model::Value& object) {
    return {std::string(model::namespace_of(object)), std::string(model::name_of(object))};
}

}  // namespace

std::vector<std::string> source_keys(const model::Value& stageset) {
    std::vector<std::string> keys;
    for (const source::Reference& reference : source::references_of(stageset)) {
        keys.push_back(reference.id().key());
    }
    std::ranges::sort(keys);
    keys.erase(std::ranges::unique(keys).begin(), keys.end());
    return keys;
}

Reaction on_stageset_change(const kube::Change& change) {
    if (!change.before) {
        return Reaction::kRun;
    }
    if (!change.after) {
        return Reaction::kInterrupt;
    }
    if (model::generation_of(*change.before) != model::generation_of(*change.after) ||
        model::is_deleting(*change.before) != model::is_deleting(*change.after)) {
        return Reaction::kInterrupt;
    }
    const bool requested = std::ranges::any_of(kRequestAnnotations, [&change](std::string_view key) {
        return model::annotation_of(*change.before, key) != model::annotation_of(*change.after, key);
    });
    return requested ? Reaction::kRun : Reaction::kNone;
}

Reaction on_inventory_change(const kube::Change& change, const model::Value* owner) {
    if (!change.before || owner == nullptr || model::is_deleting(*owner)) {
        return Reaction::kNone;
    }
    const auto stage = model::label_of(*change.before, model::kStageLabel);
    const model::Array* stages = model::find_array(*owner, {"spec", "stages"});
    const bool wanted =
        stage && stages != nullptr && std::ranges::any_of(*stages, [&stage](const model::Value& candidate) {
            return model::find_string(candidate, {"name"}) == *stage;
        });
    return wanted ? Reaction::kRun : Reaction::kNone;
}

void connect(kube::Informer& stagesets, source::SourceWatches& sources, kube::Informer& inventories,
             const apply::InventoryStore& store, queue::Queue& queue) {
    stagesets.add_index(kSourceIndex, source_keys);
    stagesets.on_change([&queue, &sources](const kube::Change& change) {
        if (change.after) {
            sources.engage(*change.after);
        } else {
            sources.disengage(*change.before);
        }
        react(queue, on_stageset_change(change), key_of(object_of(change)));
    });
    sources.on_change([&queue, &stagesets](const std::string& key, source::SourceEvent event) {
        const Reaction reaction =
            event == source::SourceEvent::kReplaced ? Reaction::kInterrupt : Reaction::kRun;
        for (const kube::ObjectPtr& stageset : stagesets.by_index(kSourceIndex, key)) {
            react(queue, reaction, key_of(*stageset));
        }
    });
    inventories.on_change([&queue, &stagesets, &store](const kube::Change& change) {
        const model::Value& shard = object_of(change);
        const auto name = model::label_of(shard, model::kStageSetLabel);
        if (!name ||
            store.is_writing(std::string(model::namespace_of(shard)), std::string(model::name_of(shard)))) {
            return;
        }
        const kube::ObjectPtr owner = stagesets.get(model::namespace_of(shard), *name);
        react(queue, on_inventory_change(change, owner.get()),
              {std::string(model::namespace_of(shard)), std::string(*name)});
    });
}

}  // namespace controller
