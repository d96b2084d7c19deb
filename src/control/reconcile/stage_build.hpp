// SPDX-License-Identifier: 0BSD
// From a stage's source to its objects: fetch, variables, render.
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
    std::string operation = {};  // of the failure: "fetch artifact", "build"
    std::optional<base::Error> failure = std::nullopt;
};

// What the stage at `index` of snapshot.stages is rendered with. Errors: those of render::read_variables().
base::Task<render::RenderRequest> stage_inputs(Engine& engine, const Snapshot& snapshot, std::size_t index);

// Builds the stage at `index` of snapshot.stages. `turn` is held; it is given back while a slow source is waited for.
// Errors: kCancelled only.
base::Task<StageBuild> build_stage(Engine& engine, const Snapshot& snapshot, std::size_t index,
                                   base::Turn& turn);
// The same from `request`, which stage_inputs() answered.
base::Task<StageBuild> build_stage(Engine& engine, const Snapshot& snapshot, std::size_t index,
                                   render::RenderRequest request, base::Turn& turn);

}  // namespace reconcile
