// SPDX-License-Identifier: 0BSD
#include "control/reconcile/rollout.hpp"

#include <algorithm>
#include <utility>

#include "base/deadline.hpp"
#include "control/reconcile/awaited.hpp"
#include "control/reconcile/claims.hpp"
#include "control/reconcile/stage_build.hpp"
#include "control/reconcile/still_applied.hpp"
#include "engine/render/normalize.hpp"

namespace reconcile {

namespace {

using Objects = std::vector<model::Value>;
using Applied = std::vector<apply::AppliedObject>;

class Rollout {
public:
    Rollout(Engine& engine, const Snapshot& snapshot, Progress& progress, RolloutState& state,
            base::Turn& turn)
        : engine_(engine),
          snapshot_(snapshot),
          progress_(progress),
          state_(state),
          result_(state.result),
          desired_(state.desired),
          applier_(engine.cluster, engine.live, engine.clock),
          pruner_(engine.cluster),
          turn_(turn) {}

    base::Task<std::optional<base::SteadyTime>> run();

private:
    base::Task<void> look_ahead();
    base::Task<void> begin_stage(std::size_t index);
    base::Task<std::optional<base::SteadyTime>> verify(std::size_t index);
    void finish_stage();
    base::Task<std::shared_ptr<const decrypt::Keys>> keys();
    base::Task<render::StageInputs> inputs(std::size_t index);
    base::Task<Objects> build(std::size_t index, render::StageInputs inputs);
    // Answers what to wait for.
    base::Task<std::vector<apply::Awaited>> apply(std::size_t index, base::SteadyTime deadline);
    std::optional<base::Error> refuse_emptiness(std::size_t index, const render::Rendered& rendered) const;
    // Applies what the stage renders; what is `still` applied costs nothing.
    base::Task<Applied> apply_rendered(std::size_t index, render::StageInputs inputs,
                                       std::optional<StillApplied> still, base::SteadyTime deadline);
    base::Task<void> record(std::size_t index);
    bool claim(inventory::Entries entries);
    base::Task<void> prune();
    base::Task<void> keep_rebuilt();
    base::Task<void> prune_step(inventory::PruneStep step);

    // Remembers the failure (unless it is a cancellation) and returns it, to be passed up.
    base::Error fail(std::size_t index, std::string operation, base::Error error);
    // The end of a rollout that failed; only a cancellation is passed on.
    static base::Result<std::optional<base::SteadyTime>> over(base::Error error);
    inventory::StageIdentity identity(std::size_t index) const;

    Engine& engine_;
    const Snapshot& snapshot_;
    Progress& progress_;
    RolloutState& state_;
    RolloutResult& result_;
    std::vector<inventory::Entries>& desired_;
    apply::Applier applier_;
    apply::Pruner pruner_;
    base::Turn& turn_;
    std::optional<base::Result<std::shared_ptr<const decrypt::Keys>>> keys_;
};

base::Error Rollout::fail(std::size_t index, std::string operation, base::Error error) {
    if (error.code != base::ErrorCode::kCancelled && !result_.failure) {
        result_.failure = StageFailure{snapshot_.stages[index].name, std::move(operation), error};
    }
    return error;
}

base::Result<std::optional<base::SteadyTime>> Rollout::over(base::Error error) {
    if (error.code == base::ErrorCode::kCancelled) {
        return error;
    }
    return std::optional<base::SteadyTime>{};
}

inventory::StageIdentity Rollout::identity(std::size_t index) const {
    const StageInput& stage = snapshot_.stages[index];
    auto identity = snapshot_.identity(stage.name, stage.position, stage.prune_enabled);
    identity.rebuilt = snapshot_.stored.stage(stage.name).rebuilt;
    return identity;
}

base::Task<std::optional<base::SteadyTime>> Rollout::run() {
    if (result_.stages.empty()) {
        if (auto looked = co_await look_ahead(); !looked) {
            co_return over(looked.error());
        }
    }
    for (; state_.stage < snapshot_.stages.size(); ++state_.stage) {
        if (!state_.wait) {
            if (auto begun = co_await begin_stage(state_.stage); !begun) {
                co_return over(begun.error());
            }
        }
        if (state_.wait) {
            auto again = co_await verify(state_.stage);
            if (!again) {
                co_return over(again.error());
            }
            if (*again) {
                co_return *again;
            }
        }
        finish_stage();
    }
    auto pruned = co_await prune();
    co_return pruned ? base::Result<std::optional<base::SteadyTime>>{std::nullopt} : over(pruned.error());
}

// Two stages that claim one object are found before anything is applied. What was found fine at the last success is not looked
// at again; should variables have changed since, claim() tells.
base::Task<void> Rollout::look_ahead() {
    if (snapshot_.stages.size() < 2 || is_steady(snapshot_)) {
        co_return base::Result<void>{};
    }
    const auto opened_with = co_await keys();
    if (!opened_with) {
        // The first stage fails with it.
        co_return opened_with.error().code == base::ErrorCode::kCancelled
            ? base::Result<void>(opened_with.error())
            : base::Result<void>{};
    }
    auto claims = co_await claims_ahead(engine_, snapshot_, *opened_with, turn_);
    if (!claims) {
        co_return claims.error();
    }
    result_.duplicate_claims = describe_duplicates(snapshot_, *claims);
    if (result_.duplicate_claims) {
        co_return base::Error{base::ErrorCode::kInvalid, *result_.duplicate_claims};
    }
    co_return base::Result<void>{};
}

base::Task<void> Rollout::begin_stage(std::size_t index) {
    const StageInput& stage = snapshot_.stages[index];
    const base::SteadyTime deadline = engine_.clock.steady_now() + stage.timeout;
    StageResult started;
    started.name = stage.name;
    started.revision = snapshot_.sources[index].revision;
    result_.stages.push_back(std::move(started));
    if (auto told = co_await progress_.stage_is(stage.name, model::StagePhase::kApplying, ""); !told) {
        co_return told.error();
    }
    auto done = co_await base::with_deadline(
        apply(index, deadline), engine_.clock, deadline,
        "the stage's timeout passed; raise spec.stages[].timeout when its source or the cluster is slow");
    if (!done) {
        co_return fail(index, "apply", done.error());
    }
    result_.stages.back().applied = true;
    if (!done->empty()) {
        const base::SteadyTime ready_by =
            stage.ready_timeout ? engine_.clock.steady_now() + *stage.ready_timeout : deadline;
        state_.wait.emplace(std::move(*done), ready_by, stage.health);
    }
    co_return base::Result<void>{};
}

base::Task<std::optional<base::SteadyTime>> Rollout::verify(std::size_t index) {
    auto looked = co_await state_.wait->look(engine_.live, engine_.clock);
    if (!looked) {
        co_return fail(index, "verify", looked.error());
    }
    if (looked->ready) {
        co_return std::nullopt;
    }
    if (looked->news) {
        if (auto told = co_await progress_.stage_is(
                snapshot_.stages[index].name, model::StagePhase::kVerifying, "waiting for " + *looked->news);
            !told) {
            co_return told.error();
        }
    }
    co_return looked->again;
}

void Rollout::finish_stage() {
    if (state_.wait) {
        engine_.observed.remember_judged(snapshot_.owner, result_.stages.back().name,
                                         state_.wait->judged_ready());
    }
    state_.wait.reset();
    result_.stages.back().ready = true;
    progress_.stage_succeeded(result_.stages.back());
}

// Read once a pass.
base::Task<std::shared_ptr<const decrypt::Keys>> Rollout::keys() {
    if (!keys_) {
        keys_ = co_await read_keys(engine_, snapshot_);
    }
    co_return *keys_;
}

base::Task<render::StageInputs> Rollout::inputs(std::size_t index) {
    const auto opened_with = co_await keys();
    if (!opened_with) {
        co_return fail(index, "configure decryption", opened_with.error());
    }
    auto inputs = co_await stage_inputs(engine_, snapshot_, *opened_with, index);
    if (!inputs) {
        co_return fail(index, "build", inputs.error());
    }
    co_return inputs;
}

base::Task<Objects> Rollout::build(std::size_t index, render::StageInputs inputs) {
    auto built = co_await build_stage(engine_, snapshot_, index, std::move(inputs), turn_);
    if (!built) {
        co_return built.error();
    }
    if (built->failure) {
        co_return fail(index, built->operation, *std::move(built->failure));
    }
    const render::Rendered& rendered = *built->rendered;
    if (!rendered.hooks.empty()) {
        progress_.has_helm_hooks(snapshot_.stages[index].name, rendered.hooks);
    }
    if (auto refused = refuse_emptiness(index, rendered)) {
        co_return fail(index, "build", *std::move(refused));
    }
    Objects objects = rendered.objects;
    for (model::Value& object : objects) {
        render::set_owner_labels(object, snapshot_.owner.name, snapshot_.owner.ns);
    }
    co_return objects;
}

// A folder that lost its files by accident must not take down all that the stage runs.
std::optional<base::Error> Rollout::refuse_emptiness(std::size_t index,
                                                     const render::Rendered& rendered) const {
    const StageInput& stage = snapshot_.stages[index];
    const inventory::Entries& owned = snapshot_.stored.stage(stage.name).entries;
    if (!rendered.objects.empty() || rendered.kustomized || !stage.prune_enabled || owned.empty()) {
        return std::nullopt;
    }
    return base::Error{
        base::ErrorCode::kInvalid,
        fmt::format("path \"{}\" renders no object any more, but the stage owns {}, first {}; if all of them "
                    "are to be deleted, add a kustomization.yaml with \"resources: []\" there, or remove the "
                    "stage from the spec",
                    stage.path, owned.size(), owned.front().id.text())};
}

base::Task<std::vector<apply::Awaited>> Rollout::apply(std::size_t index, base::SteadyTime deadline) {
    const StageInput& stage = snapshot_.stages[index];
    auto from = co_await inputs(index);
    if (!from) {
        co_return from.error();
    }
    std::string fingerprint = fmt::format("{} {}", snapshot_.generation,
                                          render::fingerprint(snapshot_.sources[index].digest, *from));
    auto still = co_await still_applied(engine_, snapshot_.owner, stage.name, fingerprint,
                                        snapshot_.stored.stage(stage.name).entries);
    if (!still) {
        co_return still.error();
    }
    const apply::ObservedStage* known = engine_.observed.find(snapshot_.owner, stage.name);
    if (known != nullptr) {
        result_.stages.back().same_inputs = known->fingerprint == fingerprint;
    }
    Applied applied;
    if (*still && (*still)->changed.empty()) {
        applied = unchanged((*still)->entries);
        if (!claim(std::move((*still)->entries))) {
            co_return base::Error{base::ErrorCode::kInvalid, *result_.duplicate_claims};
        }
    } else {
        auto objects = co_await apply_rendered(index, std::move(*from), std::move(*still), deadline);
        if (!objects) {
            co_return objects.error();
        }
        applied = std::move(*objects);
        remember(engine_, snapshot_.owner, stage.name, std::move(fingerprint), applied);
    }
    std::vector<apply::Awaited> awaited = awaited_of(stage, snapshot_.owner.ns, std::move(applied));
    mark_judged(engine_, snapshot_.owner, stage.name, awaited);
    co_return awaited;
}

base::Task<Applied> Rollout::apply_rendered(std::size_t index, render::StageInputs inputs,
                                            std::optional<StillApplied> still, base::SteadyTime deadline) {
    auto built = co_await build(index, std::move(inputs));
    if (!built) {
        co_return built.error();
    }
    auto objects = co_await applier_.settle_scope(std::move(*built));
    if (!objects) {
        co_return fail(index, "apply", objects.error());
    }
    if (!claim(inventory::entries_of(*objects))) {
        co_return base::Error{base::ErrorCode::kInvalid, *result_.duplicate_claims};
    }
    const apply::ConflictRules& conflicts = snapshot_.stages[index].conflicts;
    if (auto unguarded = apply::find_unguarded(*objects, conflicts)) {
        co_return fail(index, "conflict policy", {base::ErrorCode::kInvalid, *std::move(unguarded)});
    }
    if (auto saved = co_await record(index); !saved) {
        co_return saved.error();
    }
    Applied kept;
    if (still) {
        kept = take_unchanged(*objects, still->changed);
    }
    if (const auto applyset = engine_.inventories.applyset_of(identity(index))) {
        for (model::Value& object : *objects) {
            render::set_member_label(object, *applyset);
        }
    }
    auto done = co_await applier_.apply(std::move(*objects), apply::ApplyOptions{conflicts, deadline}, turn_);
    if (!done) {
        // What of it reached the cluster is not known.
        engine_.observed.forget(snapshot_.owner, snapshot_.stages[index].name);
        co_return fail(index, "apply", done.error());
    }
    for (const apply::AppliedObject& object : *done) {
        if (object.outcome != apply::Outcome::kUnchanged) {
            result_.stages.back().changed.push_back(object.id);
        }
        if (object.taken_from) {
            result_.stages.back().taken_over.push_back({object.id, *object.taken_from});
        }
    }
    std::ranges::move(kept, std::back_inserter(*done));
    co_return done;
}

// The union of old and new before the first write: whatever happens next, nothing applied is forgotten.
base::Task<void> Rollout::record(std::size_t index) {
    inventory::Entries all =
        inventory::unite(snapshot_.stored.stage(snapshot_.stages[index].name).entries, desired_[index]);
    if (auto saved = co_await engine_.inventories.save(identity(index), std::move(all)); !saved) {
        co_return fail(index, "record inventory", saved.error());
    }
    co_return base::Result<void>{};
}

bool Rollout::claim(inventory::Entries entries) {
    desired_.push_back(std::move(entries));
    result_.stages.back().entry_count = desired_.back().size();
    result_.stages.back().shard_count = engine_.inventories.shard_count(desired_.back().size());
    result_.duplicate_claims = describe_duplicates(snapshot_, desired_);
    return !result_.duplicate_claims;
}

base::Task<void> Rollout::prune() {
    for (const auto& [name, stage] : snapshot_.stored.stages) {
        if (stage.rebuilt) {
            result_.prune_deferred +=
                fmt::format("{}\"{}\"", result_.prune_deferred.empty() ? "" : ", ", name);
        }
    }
    if (!result_.prune_deferred.empty()) {
        co_return co_await keep_rebuilt();
    }
    std::vector<inventory::DesiredStage> desired;
    for (std::size_t index = 0; index < snapshot_.stages.size(); ++index) {
        const StageInput& stage = snapshot_.stages[index];
        desired.push_back({stage.name, stage.position, stage.prune_enabled, desired_[index]});
    }
    for (inventory::PruneStep& step : inventory::plan_prune(snapshot_.stored, desired)) {
        if (auto pruned = co_await prune_step(std::move(step)); !pruned) {
            co_return pruned.error();
        }
    }
    // Narrowed only now: until here each inventory still knew what had to go.
    for (std::size_t index = 0; index < snapshot_.stages.size(); ++index) {
        if (auto saved = co_await engine_.inventories.save(identity(index), desired_[index]); !saved) {
            co_return fail(index, "record inventory", saved.error());
        }
    }
    co_return base::Result<void>{};
}

// Takes the marks off and keeps all entries: the next rollout prunes what no stage wants of them.
base::Task<void> Rollout::keep_rebuilt() {
    for (const auto& [name, stored] : snapshot_.stored.stages) {
        const auto wanted = std::ranges::find(snapshot_.stages, name, &StageInput::name);
        const bool removed = wanted == snapshot_.stages.end();
        const auto index = static_cast<std::size_t>(wanted - snapshot_.stages.begin());
        inventory::StageIdentity stage = snapshot_.identity(name, stored.position, stored.prune_enabled);
        inventory::Entries entries = stored.entries;
        if (!removed) {
            stage = identity(index);
            stage.rebuilt = false;
            entries = inventory::unite(entries, desired_[index]);
        }
        if (auto saved = co_await engine_.inventories.save(std::move(stage), std::move(entries)); !saved) {
            co_return removed ? saved.error() : fail(index, "record inventory", saved.error());
        }
    }
    co_return base::Result<void>{};
}

base::Task<void> Rollout::prune_step(inventory::PruneStep step) {
    if (!step.entries.empty()) {
        auto told = co_await progress_.stage_is(step.stage, model::StagePhase::kPruning,
                                                fmt::format("deleting {} object(s)", step.entries.size()));
        if (!told) {
            co_return told.error();
        }
    }
    auto pruned = co_await pruner_.prune(snapshot_.owner, step.entries);
    if (!pruned) {
        co_return pruned.error();
    }
    if (!pruned->failures.empty()) {
        // The inventories stay as wide as they are; the next run tries again.
        const apply::ObjectFailure& first = pruned->failures.front();
        base::Error error =
            base::wrap(fmt::format("{} of {} objects could not be deleted, first {}", pruned->failures.size(),
                                   step.entries.size(), first.id.text()),
                       first.error);
        result_.failure = StageFailure{step.stage, "prune", error};
        co_return error;
    }
    if (step.removed) {
        engine_.observed.forget(snapshot_.owner, step.stage);
        auto removed =
            co_await engine_.inventories.remove(snapshot_.owner.ns, snapshot_.stored.stage(step.stage));
        if (!removed && removed.error().code != base::ErrorCode::kCancelled) {
            result_.failure = StageFailure{step.stage, "prune", removed.error()};
        }
        co_return removed;
    }
    co_return base::Result<void>{};
}

}  // namespace

base::Task<std::optional<base::SteadyTime>> roll_out(Engine& engine, const Snapshot& snapshot,
                                                     Progress& progress, RolloutState& state,
                                                     base::Turn& turn) {
    Rollout rollout(engine, snapshot, progress, state, turn);
    co_return co_await rollout.run();
}

}  // namespace reconcile
