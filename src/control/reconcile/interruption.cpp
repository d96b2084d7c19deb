// SPDX-License-Identifier: 0BSD
#include "control/reconcile/interruption.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace reconcile {

namespace {

bool is_under_way(const model::StageStatus& stage) {
    switch (stage.phase) {
        case model::StagePhase::kApplying:
        case model::StagePhase::kPruning:
        case model::StagePhase::kVerifying: return true;
        case model::StagePhase::kUnknown:
        case model::StagePhase::kPending:
        case model::StagePhase::kReady:
        case model::StagePhase::kFailed: return false;
    }
    return false;
}

// "t/src moving from 1.0 to 1.1", or nullopt when each source is where it was.
std::optional<std::string> moved_source(const Snapshot& snapshot) {
    for (const auto& [key, revision] : snapshot.revisions()) {
        const auto before = snapshot.status.last_attempted_revisions.find(key);
        if (before != snapshot.status.last_attempted_revisions.end() && before->second != revision) {
            return fmt::format("{} moving from {} to {}", key, before->second, revision);
        }
    }
    return std::nullopt;
}

std::optional<std::string> cause_of(const Snapshot& snapshot, const Plan& plan,
                                    const std::optional<RolloutInput>& before) {
    if (std::holds_alternative<Nothing>(plan.action)) {
        return std::nullopt;
    }
    if (std::holds_alternative<Teardown>(plan.action)) {
        return "the deletion of the StageSet";
    }
    if (const auto* report = std::get_if<Report>(&plan.action)) {
        return report->verdict.reason == model::ReadyReason::kSuspended
                   ? std::string("the suspension of the StageSet")
                   : fmt::format("{}", model::to_string(report->verdict.reason));
    }
    if (before && before->generation != snapshot.generation) {
        return "a change of the spec";
    }
    if (auto moved = moved_source(snapshot)) {
        return moved;
    }
    if (before && *before != input_of(snapshot)) {
        return "a request to reconcile";
    }
    return std::nullopt;
}

}  // namespace

RolloutInput input_of(const Snapshot& snapshot) {
    RolloutInput input;
    input.generation = snapshot.generation;
    base::Sha256 sources;
    for (const source::ResolvedSource& source : snapshot.sources) {
        sources.update(fmt::format("{}\n{}\n", source.revision, source.digest));
    }
    input.sources = sources.finish();
    input.request = base::sha256(fmt::format("{}\n{}", snapshot.uid, snapshot.requested_at));
    return input;
}

std::optional<Interruption> interruption_of(const Snapshot& snapshot, const Plan& plan,
                                            const std::optional<RolloutInput>& before) {
    const auto stage = std::ranges::find_if(snapshot.status.stages, is_under_way);
    if (stage == snapshot.status.stages.end()) {
        return std::nullopt;
    }
    const auto cause = cause_of(snapshot, plan, before);
    if (!cause) {
        return std::nullopt;
    }
    return Interruption{stage->name, fmt::format("interrupted by {} while {}", *cause,
                                                 stage->message.empty() ? "it was applied" : stage->message)};
}

void record_interruption(model::StageSetStatus& status, const Interruption& interruption) {
    const auto stage = std::ranges::find(status.stages, interruption.stage, &model::StageStatus::name);
    if (stage != status.stages.end()) {
        stage->phase = model::StagePhase::kPending;
        stage->message = interruption.message;
    }
}

}  // namespace reconcile
