// SPDX-License-Identifier: 0BSD
#include "rules/inventory/prune.hpp"

#include <algorithm>
#include <tuple>

namespace inventory {

namespace {

// From the last stage to the first; where a removed stage stood at the place of another, it goes first.
void sort_steps(std::vector<PruneStep>& steps) {
    std::ranges::sort(steps, [](const PruneStep& left, const PruneStep& right) {
        return std::tuple(-left.position, !left.removed, std::string_view(left.stage)) <
               std::tuple(-right.position, !right.removed, std::string_view(right.stage));
    });
}

// An object that two stages recorded (it moved while a run was interrupted) is deleted once, by the earlier step.
void drop_repeated(std::vector<PruneStep>& steps) {
    Entries listed;
    for (PruneStep& step : steps) {
        step.entries = subtract(step.entries, listed);
        listed = unite(listed, step.entries);
    }
}

}  // namespace

std::vector<PruneStep> plan_prune(const Stored& stored, std::span<const DesiredStage> desired) {
    Entries claimed;
    for (const DesiredStage& stage : desired) {
        claimed = unite(claimed, stage.entries);
    }
    std::vector<PruneStep> steps;
    for (const auto& [name, stage] : stored.stages) {
        const auto survivor = std::ranges::find(desired, name, &DesiredStage::name);
        const bool removed = survivor == desired.end();
        const bool prune_enabled = removed ? stage.prune_enabled : survivor->prune_enabled;
        PruneStep step{name, removed ? stage.position : survivor->position, removed, {}};
        if (prune_enabled) {
            step.entries = subtract(stage.entries, claimed);
        }
        if (removed || !step.entries.empty()) {
            steps.push_back(std::move(step));
        }
    }
    sort_steps(steps);
    drop_repeated(steps);
    return steps;
}

std::vector<PruneStep> plan_teardown(const Stored& stored, std::span<const SpecStage> spec) {
    Entries kept;
    std::vector<PruneStep> steps;
    for (const auto& [name, stage] : stored.stages) {
        const auto in_spec = std::ranges::find(spec, name, &SpecStage::name);
        const bool removed = in_spec == spec.end();
        if (removed ? stage.prune_enabled : in_spec->prune_enabled) {
            steps.push_back({name, stage.position, removed, stage.entries});
        } else {
            kept = unite(kept, stage.entries);
        }
    }
    for (PruneStep& step : steps) {
        step.entries = subtract(step.entries, kept);
    }
    sort_steps(steps);
    drop_repeated(steps);
    return steps;
}

}  // namespace inventory
