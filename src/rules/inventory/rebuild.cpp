// SPDX-License-Identifier: 0BSD
#include "rules/inventory/rebuild.hpp"

#include <algorithm>

#include "model/well_known.hpp"

namespace inventory {

namespace {

// A stage's shards may have got the fallback name, and its objects the mark of that.
std::map<std::string, std::string> marks_of(const RebuildInput& input) {
    std::map<std::string, std::string> stages;
    for (const KnownStage& stage : input.lost) {
        const StageIdentity identity{
            .stageset = input.stageset, .ns = input.ns, .uid = {}, .stage = stage.name};
        stages[stage_applyset_id(input.stageset, input.ns, stage.name)] = stage.name;
        stages[applyset_id({std::string(model::kGroup), "StageInventory", input.ns,
                            fallback_shard_name(identity, 0)})] = stage.name;
    }
    return stages;
}

}  // namespace

std::vector<KnownStage> lost_stages(const Stored& stored, std::span<const KnownStage> stages) {
    std::vector<KnownStage> lost;
    for (const KnownStage& stage : stages) {
        const auto found = stored.stages.find(stage.name);
        const bool has_shards = found != stored.stages.end();
        const bool complete =
            has_shards && (found->second.rebuilt ||
                           static_cast<std::int64_t>(found->second.entries.size()) >= stage.entry_count);
        if (stage.applied && !complete) {
            lost.push_back(stage);
        }
    }
    return lost;
}

std::map<std::string, Entries, std::less<>> rebuild(const RebuildInput& input) {
    std::map<std::string, std::vector<Entry>, std::less<>> entries;
    Entries recorded;
    for (const auto& [name, stage] : input.stored.stages) {
        recorded = unite(recorded, stage.entries);
    }
    for (const KnownStage& stage : input.lost) {
        entries[stage.name] = {};
    }
    const auto cautious = std::ranges::find(input.lost, false, &KnownStage::prune_enabled);
    const std::string unmarked = input.lost.empty()             ? ""
                                 : cautious == input.lost.end() ? input.lost.front().name
                                                                : cautious->name;
    const auto marks = marks_of(input);
    for (const FoundObject& object : input.found) {
        const auto member = marks.find(object.applyset);
        if (contains(recorded, object.entry.id)) {
            continue;
        }
        if (member != marks.end()) {
            entries[member->second].push_back(object.entry);
        } else if (object.applyset.empty() && !marks_applysets(input.mode) && !unmarked.empty()) {
            entries[unmarked].push_back(object.entry);
        }
    }
    std::map<std::string, Entries, std::less<>> result;
    for (auto& [name, found] : entries) {
        result[name] = unite(make_entries(std::move(found)), input.stored.stage(name).entries);
    }
    return result;
}

}  // namespace inventory
