// SPDX-License-Identifier: 0BSD
#include "apps/controller/triggers.hpp"

#include <algorithm>
#include <array>

#include "model/well_known.hpp"

namespace controller {

namespace {

constexpr std::array kRequestAnnotations = {model::kRequestedAtAnnotation, model::kForceAtAnnotation,
                                            model::kReconcileStageAnnotation, model::kUpdateNowAnnotation};

bool is_deleting(const model::Value& object) {
    return model::find(object, {"metadata", "deletionTimestamp"}) != nullptr;
}

std::string_view ready_status(const model::Value& object) {
    const model::Array* conditions = model::find_array(object, {"status", "conditions"});
    if (conditions == nullptr) {
        return {};
    }
    const auto ready = std::ranges::find_if(*conditions, [](const model::Value& condition) {
        return model::find_string(condition, {"type"}) == "Ready";
    });
    return ready == conditions->end() ? std::string_view{} : model::find_string(*ready, {"status"});
}

// What a run reads of a source.
bool same_source(const model::Value& before, const model::Value& after) {
    const auto same_text = [&](std::string_view field) {
        return model::find_string(before, {"status", "artifact", field}) ==
               model::find_string(after, {"status", "artifact", field});
    };
    return ready_status(before) == ready_status(after) && same_text("url") && same_text("digest") &&
           same_text("revision");
}

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
    const model::Array* stages = model::find_array(stageset, {"spec", "stages"});
    if (stages == nullptr) {
        return keys;
    }
    for (const model::Value& stage : *stages) {
        std::string_view ns = model::find_string(stage, {"sourceRef", "namespace"});
        if (ns.empty()) {
            ns = model::namespace_of(stageset);
        }
        keys.push_back(fmt::format("{}/{}", ns, model::find_string(stage, {"sourceRef", "name"})));
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
        is_deleting(*change.before) != is_deleting(*change.after)) {
        return Reaction::kInterrupt;
    }
    const bool requested = std::ranges::any_of(kRequestAnnotations, [&change](std::string_view key) {
        return model::annotation_of(*change.before, key) != model::annotation_of(*change.after, key);
    });
    return requested ? Reaction::kRun : Reaction::kNone;
}

Reaction on_source_change(const kube::Change& change) {
    const bool same = change.before && change.after && same_source(*change.before, *change.after);
    return same ? Reaction::kNone : Reaction::kInterrupt;
}

Reaction on_inventory_change(const kube::Change& change, const model::Value* owner) {
    if (!change.before || owner == nullptr || is_deleting(*owner)) {
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

void connect(kube::Informer& stagesets, kube::Informer& artifacts, kube::Informer& inventories,
             const apply::InventoryStore& store, queue::Queue& queue) {
    stagesets.add_index(kSourceIndex, source_keys);
    stagesets.on_change([&queue](const kube::Change& change) {
        react(queue, on_stageset_change(change), key_of(object_of(change)));
    });
    artifacts.on_change([&queue, &stagesets](const kube::Change& change) {
        const Reaction reaction = on_source_change(change);
        if (reaction == Reaction::kNone) {
            return;
        }
        const queue::Key source = key_of(object_of(change));
        for (const kube::ObjectPtr& stageset : stagesets.by_index(kSourceIndex, source.text())) {
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
