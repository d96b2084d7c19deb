// SPDX-License-Identifier: 0BSD
#include "control/reconcile/rebuild.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/apply/owned_objects.hpp"

namespace reconcile {

namespace {

void add_places(const inventory::Entries& entries, std::set<apply::GroupKind>& kinds,
                std::set<std::string>& namespaces) {
    for (const inventory::Entry& entry : entries) {
        kinds.insert({entry.id.group, entry.id.kind});
        if (!entry.id.ns.empty()) {
            namespaces.insert(entry.id.ns);
        }
    }
}

}  // namespace

std::vector<inventory::KnownStage> known_stages(const Snapshot& snapshot) {
    std::vector<inventory::KnownStage> stages;
    for (const StageInput& stage : snapshot.stages) {
        inventory::KnownStage known;
        known.name = stage.name;
        known.position = stage.position;
        known.prune_enabled = stage.prune_enabled;
        stages.push_back(std::move(known));
    }
    for (const model::StageStatus& status : snapshot.status.stages) {
        auto found = std::ranges::find(stages, status.name, &inventory::KnownStage::name);
        if (found == stages.end()) {
            inventory::KnownStage removed;
            removed.name = status.name;
            removed.position = static_cast<int>(stages.size());
            found = stages.insert(stages.end(), std::move(removed));
        }
        found->applied = !status.applied_revision.empty();
        found->entry_count = status.entries_count;
    }
    return stages;
}

std::vector<inventory::KnownStage> lost_stages(const Snapshot& snapshot) {
    return inventory::lost_stages(snapshot.stored, known_stages(snapshot));
}

std::string Rebuilt::text() const {
    std::string text;
    for (const auto& [stage, found] : entries) {
        text += fmt::format("{}stage \"{}\": {} object(s)", text.empty() ? "" : ", ", stage, found.size());
    }
    for (const std::string& kind : unread) {
        text += fmt::format("; could not list {}", kind);
    }
    return text;
}

base::Task<Rebuilt> rebuild(Engine& engine, const Snapshot& snapshot,
                            std::vector<inventory::Entries> claims) {
    std::set<apply::GroupKind> kinds = engine.inventories.recorded_kinds();
    kinds.insert(apply::common_kinds().begin(), apply::common_kinds().end());
    std::set<std::string> namespaces = {snapshot.owner.ns};
    for (const inventory::Entries& claimed : claims) {
        add_places(claimed, kinds, namespaces);
    }
    for (const auto& [name, stage] : snapshot.stored.stages) {
        add_places(stage.entries, kinds, namespaces);
    }
    auto found =
        co_await apply::find_owned(engine.cluster, snapshot.owner, std::move(kinds), std::move(namespaces));
    if (!found) {
        co_return found.error();
    }
    Rebuilt rebuilt;
    rebuilt.lost = lost_stages(snapshot);
    rebuilt.unread = std::move(found->unread);
    // Another controller's status may name a mode that this one does not know, or none.
    const auto mode = inventory::parse_mode(snapshot.status.inventory_mode);
    rebuilt.entries =
        inventory::rebuild({snapshot.owner.name, snapshot.owner.ns, rebuilt.lost, snapshot.stored,
                            found->objects, mode.value_or(inventory::Mode::kEntries)});
    co_return rebuilt;
}

base::Task<void> record_rebuilt(Engine& engine, const Snapshot& snapshot, Rebuilt rebuilt) {
    for (const inventory::KnownStage& stage : rebuilt.lost) {
        inventory::StageIdentity identity =
            snapshot.identity(stage.name, stage.position, stage.prune_enabled);
        identity.rebuilt = true;
        auto saved = co_await engine.inventories.save(std::move(identity), rebuilt.entries[stage.name]);
        if (!saved) {
            co_return saved;
        }
    }
    co_return base::Result<void>{};
}

}  // namespace reconcile
