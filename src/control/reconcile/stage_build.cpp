// SPDX-License-Identifier: 0BSD
#include "control/reconcile/stage_build.hpp"

#include <utility>

#include "engine/render/variables.hpp"

namespace reconcile {

namespace {

// A download from within the cluster takes less; a source or key service that is slower keeps nobody else from work.
constexpr base::Duration kPatience = std::chrono::milliseconds(100);

base::Result<StageBuild> failed(std::string operation, base::Error error) {
    if (error.code == base::ErrorCode::kCancelled) {
        return error;
    }
    return StageBuild{nullptr, std::move(operation), std::move(error)};
}

// Only a key service makes a render wait; without one it keeps its place, so that no more render than there are places.
base::Task<render::Outcome> render_files(Engine& engine, std::string digest,
                                         std::shared_ptr<const artifact::FileTree> files,
                                         render::StageInputs inputs, base::Turn& turn) {
    const bool may_wait = inputs.keys != nullptr;
    auto rendering = engine.renderer.render(std::move(digest), std::move(files), std::move(inputs));
    if (may_wait) {
        co_return co_await base::leave_for(turn, std::move(rendering), engine.clock, kPatience);
    }
    co_return co_await std::move(rendering);
}

}  // namespace

base::Task<std::shared_ptr<const decrypt::Keys>> read_keys(Engine& engine, const Snapshot& snapshot) {
    if (!snapshot.decryption) {
        co_return nullptr;
    }
    co_return co_await decrypt::read_keys(engine.tenant, snapshot.owner.ns, *snapshot.decryption);
}

base::Task<render::StageInputs> stage_inputs(Engine& engine, const Snapshot& snapshot,
                                             std::shared_ptr<const decrypt::Keys> keys, std::size_t index) {
    const StageInput& stage = snapshot.stages[index];
    auto variables = co_await render::read_variables(engine.tenant, snapshot.owner.ns, stage.post_build);
    if (!variables) {
        co_return variables.error();
    }
    co_return render::StageInputs{{stage.path, stage.patches, std::move(*variables), stage.helm_hooks},
                                  std::move(keys)};
}

base::Task<StageBuild> build_stage(Engine& engine, const Snapshot& snapshot, std::size_t index,
                                   render::StageInputs inputs, base::Turn& turn) {
    const source::ResolvedSource& resolved = snapshot.sources[index];
    auto files = co_await base::leave_for(turn, engine.fetcher.fetch({resolved.url, resolved.digest}),
                                          engine.clock, kPatience);
    if (!files) {
        co_return failed(kFetchOperation, files.error());
    }
    auto outcome = co_await render_files(engine, resolved.digest, *files, std::move(inputs), turn);
    if (!outcome) {
        co_return failed("build", outcome.error());
    }
    if (outcome->locked) {
        co_return failed("decrypt", *std::move(outcome->locked));
    }
    co_return StageBuild{std::move(outcome->rendered), {}, std::nullopt};
}

}  // namespace reconcile
