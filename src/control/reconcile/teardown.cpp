// SPDX-License-Identifier: 0BSD
#include "control/reconcile/teardown.hpp"

#include <algorithm>
#include <utility>

#include "control/reconcile/rebuild.hpp"

namespace reconcile {

namespace {

// Objects go within a second, or take a finalizer's time.
constexpr base::Duration kFirstPoll = std::chrono::milliseconds(200);
constexpr base::Duration kSlowestPoll = std::chrono::seconds(5);
// A refused deletion is tried again, but less often: each try is a request for each object.
constexpr base::Duration kSlowestRetry = std::chrono::seconds(30);
constexpr std::size_t kNamedMax = 5;

std::string describe(const StageLeft& stage) {
    std::string text;
    if (!stage.failures.empty()) {
        const apply::ObjectFailure& first = stage.failures.front();
        text = fmt::format("{} of {} object(s) could not be deleted, first {}: {}", stage.failures.size(),
                           stage.entry_count, first.id.text(), first.error.text());
    }
    if (stage.terminating.empty()) {
        return text;
    }
    text += fmt::format("{}{} of {} object(s) still terminate: ", text.empty() ? "" : "; ",
                        stage.terminating.size(), stage.entry_count);
    for (std::size_t i = 0; i < std::min(kNamedMax, stage.terminating.size()); ++i) {
        const apply::Terminating& object = stage.terminating[i];
        text += fmt::format("{}{}{}", i == 0 ? "" : ", ", object.entry.id.text(),
                            object.held_by.empty() ? "" : fmt::format(" (held by {})", object.held_by));
    }
    return text + (stage.terminating.size() > kNamedMax ? ", …" : "");
}

bool is_lack_of_rights(const base::Error& error) {
    // Admission refuses with the same code; its policies may change.
    return error.code == base::ErrorCode::kUnauthorized ||
           (error.code == base::ErrorCode::kForbidden && error.text().find(" cannot ") != std::string::npos);
}

std::vector<inventory::PruneStep> steps_of(const Snapshot& snapshot, const inventory::Stored& stored) {
    std::vector<inventory::SpecStage> spec;
    for (const StageInput& stage : snapshot.stages) {
        spec.push_back({stage.name, stage.prune_enabled});
    }
    return inventory::plan_teardown(stored, spec);
}

// True when the stage's time is over and the one before it may begin.
bool may_pass(TeardownState& state, const std::string& stage, base::SteadyTime now,
              base::Duration stage_wait_max) {
    if (state.passed.contains(stage)) {
        return true;
    }
    if (state.stage != stage) {
        state.stage = stage;
        state.since = now;
        state.poll = {};
    }
    if (now - state.since < stage_wait_max) {
        return false;
    }
    state.passed.insert(stage);
    return true;
}

void choose_poll(TeardownState& state, bool refused) {
    const base::Duration slowest = refused ? kSlowestRetry : kSlowestPoll;
    state.poll = state.poll == base::Duration::zero() ? kFirstPoll : std::min(slowest, state.poll * 2);
}

}  // namespace

bool TeardownLook::lacks_rights() const {
    bool any = false;
    for (const StageLeft& stage : left) {
        for (const apply::ObjectFailure& failure : stage.failures) {
            if (!is_lack_of_rights(failure.error)) {
                return false;
            }
            any = true;
        }
    }
    return any;
}

std::string TeardownLook::text() const {
    std::string text;
    for (const StageLeft& stage : left) {
        text += fmt::format("{}stage \"{}\": {}", text.empty() ? "" : "; ", stage.stage, describe(stage));
    }
    for (std::size_t i = 0; i < later.size(); ++i) {
        text += fmt::format("{}\"{}\"", i == 0 ? "; then " : ", ", later[i]);
    }
    return text;
}

base::Task<void> prepare_teardown(Engine& engine, const Snapshot& snapshot, TeardownState& state) {
    if (state.stored) {
        co_return base::Result<void>{};
    }
    inventory::Stored stored = snapshot.stored;
    if (!lost_stages(snapshot).empty()) {
        auto rebuilt = co_await rebuild(engine, snapshot, {});
        if (!rebuilt) {
            co_return rebuilt.error();
        }
        for (const inventory::KnownStage& stage : rebuilt->lost) {
            inventory::StoredStage& found = stored.stages[stage.name];
            found.position = std::max(found.position, stage.position);
            found.prune_enabled = found.prune_enabled && stage.prune_enabled;
            found.entries = std::move(rebuilt->entries[stage.name]);
        }
    }
    state.stored = std::move(stored);
    co_return base::Result<void>{};
}

base::Task<TeardownLook> look_at_teardown(Engine& engine, const Snapshot& snapshot, TeardownState& state,
                                          base::Duration stage_wait_max) {
    apply::Pruner pruner(engine.cluster);
    TeardownLook look;
    bool refused = false;
    const std::vector<inventory::PruneStep> steps = steps_of(snapshot, *state.stored);
    bool waits = false;
    for (const inventory::PruneStep& step : steps) {
        inventory::Entries entries = inventory::subtract(step.entries, state.settled);
        if (entries.empty()) {
            continue;
        }
        if (waits) {
            look.later.push_back(step.stage);
            continue;
        }
        auto pruned = co_await pruner.prune(snapshot.owner, std::move(entries));
        if (!pruned) {
            co_return pruned.error();
        }
        auto left = co_await pruner.still_there(std::move(pruned->terminating));
        if (!left) {
            co_return left.error();
        }
        inventory::Entries waited_for;
        for (const apply::Terminating& object : *left) {
            waited_for.push_back(object.entry);
        }
        state.settled = inventory::unite(state.settled, pruned->released);
        state.settled = inventory::unite(
            state.settled,
            inventory::subtract(pruned->deleted, inventory::make_entries(std::move(waited_for))));
        if (left->empty() && pruned->failures.empty()) {
            continue;
        }
        refused = refused || !pruned->failures.empty();
        look.left.push_back({step.stage, step.entries.size(), std::move(*left), std::move(pruned->failures)});
        waits = !may_pass(state, step.stage, engine.clock.steady_now(), stage_wait_max);
    }
    choose_poll(state, refused);
    state.looked_at = engine.clock.steady_now();
    co_return look;
}

Verdict verdict_of(const Snapshot& snapshot, const TeardownLook& look, const Options& options) {
    const bool refused =
        std::ranges::any_of(look.left, [](const StageLeft& stage) { return !stage.failures.empty(); });
    const auto deadline = teardown_deadline(snapshot, options);
    Verdict verdict;
    verdict.reason = refused ? model::ReadyReason::kStageFailed : model::ReadyReason::kTerminating;
    verdict.message = "teardown: " + look.text();
    if (deadline) {
        verdict.message += fmt::format("; what is left at {} stays behind", base::format_rfc3339(*deadline));
    }
    return verdict;
}

void record_teardown(model::StageSetStatus& status, const TeardownLook& look) {
    for (model::StageStatus& stage : status.stages) {
        const auto left = std::ranges::find(look.left, stage.name, &StageLeft::stage);
        if (left != look.left.end()) {
            stage.phase = left->failures.empty() ? model::StagePhase::kPruning : model::StagePhase::kFailed;
            stage.message = describe(*left);
        } else if (stage.phase == model::StagePhase::kPruning || stage.phase == model::StagePhase::kFailed) {
            stage.message.clear();
        }
    }
}

std::optional<base::WallTime> teardown_deadline(const Snapshot& snapshot, const Options& options) {
    if (options.teardown_wait_max <= base::Duration::zero() || !snapshot.deleted_at) {
        return std::nullopt;
    }
    return *snapshot.deleted_at + options.teardown_wait_max;
}

base::Task<bool> namespace_terminates(kube::Client& client, std::string ns) {
    auto found = co_await client.get({{"", "v1", "Namespace"}, "", std::move(ns)}, kube::metadata_only());
    if (!found && found.error().code == base::ErrorCode::kCancelled) {
        co_return found.error();
    }
    co_return found&& model::is_deleting(*found);
}

}  // namespace reconcile
