// SPDX-License-Identifier: 0BSD
// Whether what a StageSet asks for now ends a rollout that was under way, and how users are told. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/digest.hpp"
#include "control/reconcile/decide.hpp"

namespace reconcile {

// What a rollout takes to the cluster: another input, another rollout.
struct RolloutInput {
    std::int64_t generation = 0;
    base::Digest sources;  // revisions and digests
    base::Digest request;  // the StageSet's uid and the token of its request annotation

    bool operator==(const RolloutInput&) const = default;
};
RolloutInput input_of(const Snapshot& snapshot);

struct Interruption {
    std::string stage;
    // "interrupted by a change of the spec while waiting for Deployment/t/web: 0 of 1 replicas available"
    std::string message;
};

// `before` is the input of a rollout that this process began; without one, the status tells what another left behind.
// nullopt: no stage was under way, or it still goes to the same place.
std::optional<Interruption> interruption_of(const Snapshot& snapshot, const Plan& plan,
                                            const std::optional<RolloutInput>& before);

// Shows it in the stage's entry: nobody works at the stage, nobody waits for it.
void record_interruption(model::StageSetStatus& status, const Interruption& interruption);

}  // namespace reconcile
