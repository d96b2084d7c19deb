// SPDX-License-Identifier: 0BSD
// What a run tells of objects that it took from other StageSets.
#include <utility>

#include "control/reconcile/run.hpp"
#include "model/well_known.hpp"

namespace reconcile {

// An object that moves from one StageSet to another looks the same at first; it is told once, too, and then never again.
base::Task<void> Reconciler::Run::tell_rivals(RolloutResult& result) {
    for (StageResult& stage : result.stages) {
        std::vector<Rivalry> living;
        for (Rivalry& rivalry : std::exchange(stage.taken_over, {})) {
            auto lives_on = co_await lives(rivalry.other);
            if (!lives_on) {
                co_return lives_on.error();
            }
            if (*lives_on) {
                living.push_back(std::move(rivalry));
            }
        }
        if (living.empty()) {
            continue;
        }
        stage.note = "took over " + describe(living) +
                     "; if both render it, each undoes the other's changes: remove it from one of them";
        const auto news = told_rivals_.take_news(snapshot_.owner, stage.name, stage.revision, living);
        if (!news.empty()) {
            with_.events.record(
                *object_, kube::EventType::kWarning, "ObjectTakenOver",
                fmt::format("stage \"{}\" took over {}; if both StageSets render it, each undoes the other's "
                            "changes: remove it from one of them",
                            stage.name, describe(news)));
            log_.warn("took over objects of another StageSet",
                      {{"stage", stage.name}, {"objects", describe(news)}});
        }
    }
    co_return base::Result<void>{};
}

// Asked only for an object that changes hands. One that cannot be looked up may well be there.
base::Task<bool> Reconciler::Run::lives(apply::Owner stageset) {
    if (const kube::ObjectPtr known = with_.stagesets.get(stageset.ns, stageset.name)) {
        co_return !model::is_deleting(*known);
    }
    auto found = co_await with_.client.get(
        {model::parse_gvk(model::kApiVersion, "StageSet"), stageset.ns, stageset.name},
        kube::metadata_only());
    if (!found && found.error().code == base::ErrorCode::kCancelled) {
        co_return found.error();
    }
    co_return found || found.error().code != base::ErrorCode::kNotFound;
}

}  // namespace reconcile
