// SPDX-License-Identifier: 0BSD
// From a stage's source to its objects: keys, variables, fetch, render.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/turn.hpp"
#include "control/reconcile/rollout.hpp"

namespace reconcile {

// Either what the stage renders to, or which step failed and why.
struct StageBuild {
    std::shared_ptr<const render::Rendered> rendered = nullptr;
    std::string operation = {};  // of the failure: "fetch artifact", "decrypt", "build"
    std::optional<base::Error> failure = std::nullopt;
};

// What encrypted files of all stages are opened with; nullptr without spec.decryption. Errors: those of decrypt::read_keys().
base::Task<std::shared_ptr<const decrypt::Keys>> read_keys(Engine& engine, const Snapshot& snapshot);

// What the stage at `index` of snapshot.stages is rendered with. Errors: those of render::read_variables().
base::Task<render::StageInputs> stage_inputs(Engine& engine, const Snapshot& snapshot,
                                             std::shared_ptr<const decrypt::Keys> keys, std::size_t index);

// Builds the stage at `index` of snapshot.stages from `inputs`, which stage_inputs() answered. `turn` is held; it is given back
// while a slow source or key service is waited for. Errors: kCancelled only.
base::Task<StageBuild> build_stage(Engine& engine, const Snapshot& snapshot, std::size_t index,
                                   render::StageInputs inputs, base::Turn& turn);

}  // namespace reconcile
