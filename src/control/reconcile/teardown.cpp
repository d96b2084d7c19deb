// SPDX-License-Identifier: 0BSD
#include "control/reconcile/teardown.hpp"

namespace reconcile {

namespace {

// Most objects are gone at once; those that are not keep nobody else from work.
constexpr base::Duration kTerminationPatience = std::chrono::milliseconds(100);

}  // namespace

base::Task<void> tear_down(Engine& engine, const Snapshot& snapshot, Options options, base::Logger log,
                           base::Turn& turn) {
    std::vector<inventory::SpecStage> spec;
    for (const StageInput& stage : snapshot.stages) {
        spec.push_back({stage.name, stage.prune_enabled});
    }
    apply::Pruner pruner(engine.cluster, engine.clock);
    const std::vector<inventory::PruneStep> steps = inventory::plan_teardown(snapshot.stored, spec);
    for (const inventory::PruneStep& step : steps) {
        auto pruned = co_await pruner.prune(snapshot.owner, step.entries);
        if (!pruned) {
            co_return pruned.error();
        }
        if (!pruned->failures.empty()) {
            const apply::ObjectFailure& first = pruned->failures.front();
            co_return base::wrap(fmt::format("stage \"{}\": {} object(s) could not be deleted, first {}",
                                             step.stage, pruned->failures.size(), first.id.text()),
                                 first.error);
        }
        const base::SteadyTime deadline = engine.clock.steady_now() + options.teardown_stage_wait_max;
        auto gone = co_await base::leave_for(turn, pruner.wait_until_gone(pruned->deleted, deadline),
                                             engine.clock, kTerminationPatience);
        if (!gone && gone.error().code == base::ErrorCode::kCancelled) {
            co_return gone.error();
        }
        if (!gone) {
            log.warn("teardown goes on although objects still terminate",
                     {{"stage", step.stage}, {"err", gone.error().text()}});
        }
    }
    co_return base::Result<void>{};
}

}  // namespace reconcile
