// SPDX-License-Identifier: 0BSD
#include "control/reconcile/stage_build.hpp"

#include <utility>

#include "engine/render/variables.hpp"

namespace reconcile {

namespace {

// A download from within the cluster takes less; a source that is slower than this keeps nobody else from work.
constexpr base::Duration kFetchPatience = std::chrono::milliseconds(100);

base::Result<StageBuild> failed(std::string operation, base::Error error) {
    if (error.code == base::ErrorCode::kCancelled) {
        return error;
    }
    return StageBuild{nullptr, std::move(operation), std::move(error)};
}

}  // namespace

base::Task<render::RenderRequest> stage_inputs(Engine& engine, const Snapshot& snapshot, std::size_t index) {
    const StageInput& stage = snapshot.stages[index];
    auto variables = co_await render::read_variables(engine.tenant, snapshot.owner.ns, stage.post_build);
    if (!variables) {
        co_return variables.error();
    }
    co_return render::RenderRequest{stage.path, stage.patches, std::move(*variables), stage.helm_hooks};
}

base::Task<StageBuild> build_stage(Engine& engine, const Snapshot& snapshot, std::size_t index,
                                   base::Turn& turn) {
    auto request = co_await stage_inputs(engine, snapshot, index);
    if (!request) {
        co_return failed("build", request.error());
    }
    co_return co_await build_stage(engine, snapshot, index, std::move(*request), turn);
}

base::Task<StageBuild> build_stage(Engine& engine, const Snapshot& snapshot, std::size_t index,
                                   render::RenderRequest request, base::Turn& turn) {
    const source::ResolvedSource& resolved = snapshot.sources[index];
    auto files = co_await base::leave_for(turn, engine.fetcher.fetch({resolved.url, resolved.digest}),
                                          engine.clock, kFetchPatience);
    if (!files) {
        co_return failed("fetch artifact", files.error());
    }
    auto rendered = co_await engine.renderer.render(resolved.digest, *files, std::move(request));
    if (!rendered) {
        co_return failed("build", rendered.error());
    }
    co_return StageBuild{std::move(*rendered), {}, std::nullopt};
}

}  // namespace reconcile
