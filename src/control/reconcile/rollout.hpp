// SPDX-License-Identifier: 0BSD
// Rollout: takes a StageSet's stages, in order, to their pinned revisions; then prunes what no stage wants any more.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "control/reconcile/rivals.hpp"
#include "control/reconcile/snapshot.hpp"
#include "control/reconcile/target.hpp"
#include "engine/apply/applier.hpp"
#include "engine/apply/inventory_store.hpp"
#include "engine/apply/observed.hpp"
#include "engine/apply/pruner.hpp"
#include "engine/apply/readiness_wait.hpp"
#include "engine/render/renderer.hpp"
#include "io/artifact/fetcher.hpp"

namespace reconcile {

// What a run works with; all of it outlives the run.
struct Engine {
    kube::Client& cluster;     // where the objects go, as the StageSet may
    apply::LiveObjects& live;  // of that cluster
    kube::Client& tenant;      // what the spec names in its own namespace is read as the StageSet may
    apply::InventoryStore& inventories;
    artifact::Fetcher& fetcher;
    render::Renderer& renderer;
    apply::ObservedStages& observed;
    base::Clock& clock;

    // The same for a run on `target`.
    Engine on(const Target& target) const {
        return {*target.cluster, *target.live, *target.tenant, inventories,
                fetcher,         renderer,     observed,       clock};
    }
};

// What a run made of one stage; only stages that were reached.
struct StageResult {
    std::string name;
    bool applied = false;  // every object is on the cluster at `revision`
    bool ready = false;
    std::string revision;
    std::size_t entry_count = 0;
    std::size_t shard_count = 0;
    std::vector<model::ObjectId> changed;  // created or configured
    // Whether this program applied the stage from the very same inputs before; nullopt: it does not know.
    std::optional<bool> same_inputs = {};
    std::vector<Rivalry> taken_over = {};  // what other StageSets had; not yet told
    std::string note = {};                 // what users are to know of a stage that succeeded
};

// Learns of each step of a stage while the run goes on.
class Progress {
public:
    virtual ~Progress() = default;
    // `message` is empty or says what is waited for. Errors: kCancelled only; a failed write is tried again with the next.
    virtual base::Task<void> stage_is(std::string stage, model::StagePhase phase, std::string message) = 0;
    // The stage succeeded; shown with the next write, which follows at once: the next stage's begin or the run's end.
    virtual void stage_succeeded(const StageResult& result) = 0;
    // The stage renders objects with the annotation helm.sh/hook, which are applied like any other.
    virtual void has_helm_hooks(const std::string& stage, const std::vector<model::ObjectId>& hooks) = 0;
};

inline constexpr const char* kFetchOperation = "fetch artifact";

// `operation` is one of the wire's words: "connect to target cluster", "configure decryption", "fetch artifact", "decrypt",
// "build", "conflict policy", "record inventory", "apply", "verify", "prune".
struct StageFailure {
    std::string stage;
    std::string operation;
    base::Error error;
};

struct RolloutResult {
    std::vector<StageResult> stages;
    std::optional<StageFailure> failure;
    // Two stages claim the same objects: the spec cannot be carried out.
    std::optional<std::string> duplicate_claims;
    // Nothing was pruned, for what there is to prune was found by labels alone: names the stages.
    std::string prune_deferred = {};
};

// How far a rollout is. While it waits for health this is all there is of it; what it waits for is told by `wait`.
struct RolloutState {
    RolloutResult result;
    std::vector<inventory::Entries> desired;   // by stage, of the stages reached
    std::size_t stage = 0;                     // the one at work
    std::optional<apply::ReadinessWait> wait;  // its objects are applied and not all ready
};

// Takes the rollout from `state` on as far as it goes. Answers nullopt when it is over, well or not (see `state.result`), else
// when to go on at the latest: a stage waits for health, and each change of its objects may end that.
// `snapshot` may be a later one than that of the call before, of the same spec and revisions. `turn` is held; it is given
// back while others are waited for.
//
// Errors: kCancelled only.
base::Task<std::optional<base::SteadyTime>> roll_out(Engine& engine, const Snapshot& snapshot,
                                                     Progress& progress, RolloutState& state,
                                                     base::Turn& turn);

}  // namespace reconcile
