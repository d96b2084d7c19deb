// SPDX-License-Identifier: 0BSD
// Reconciler: one run of one StageSet: observe, decide, execute, report.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/log.hpp"
#include "base/rng.hpp"
#include "control/queue/queue.hpp"
#include "control/reconcile/decide.hpp"
#include "control/reconcile/interruption.hpp"
#include "control/reconcile/options.hpp"
#include "control/reconcile/outcome.hpp"
#include "control/reconcile/pace.hpp"
#include "control/reconcile/rivals.hpp"
#include "control/reconcile/rollout.hpp"
#include "control/reconcile/status_writer.hpp"
#include "control/reconcile/teardown.hpp"
#include "io/kube/event_recorder.hpp"
#include "io/telemetry/metrics.hpp"
#include "rules/readiness/health_expressions.hpp"

namespace reconcile {

// What the reconciler works with; all of it outlives it.
struct Collaborators {
    Engine engine;  // on the controller's own cluster, as itself
    Targets& targets;
    kube::Client& client;  // the controller's own cluster, as itself
    kube::Informer& stagesets;
    source::SourceReader& sources;
    kube::EventRecorder& events;
    telemetry::Metrics& metrics;
    base::Clock& clock;
    base::Rng& rng;
    base::Logger log;
    Options options;
    // A run works within a place of these, shared fairly between namespaces, so that what runs hold in memory is bounded however
    // many begin at once. What it waits for (health, a slow download, terminating objects) it waits for without a place.
    base::FairQueue& work_places;
};

// How a run ended, for the work queue.
struct RunEnd {
    std::optional<base::Duration> requeue_after;
    bool backoff = false;
    // A stage waits for health, or objects of a deleted StageSet terminate: the work goes on with the next run.
    bool waiting = false;
};

class Reconciler {
public:
    explicit Reconciler(Collaborators collaborators);

    // Brings one StageSet as far as it can be brought now. Safe to stop at any point and to start again.
    // Errors: kCancelled only.
    base::Task<RunEnd> run(std::string ns, std::string name);

    // To be told of each change of a managed object. Answers how soon to run its StageSet again: one that waits for health or for
    // its objects to terminate, and one of which somebody else changed an object. Changes that come in a burst are looked at
    // together.
    std::optional<base::Duration> object_changed(const apply::ObjectChange& change);

private:
    class Run;
    // A rollout under way. Between two looks at a waiting stage this is all that is kept of it.
    struct Underway {
        RolloutInput input;
        RolloutState state;
        std::optional<Target> target;
        base::SteadyTime connected_at{};
        bool parked = false;   // no run is at it
        bool changed = false;  // an object changed while a run was at it
        base::SteadyTime looked_at{};
    };
    base::Task<std::unique_ptr<Run>> begin(kube::ObjectPtr object, base::Turn& turn);
    void forget(const apply::Owner& owner);
    base::Duration soon_after(base::SteadyTime looked_at) const;

    Collaborators with_;
    StatusWriter writer_;
    readiness::HealthCompiler health_;
    std::map<apply::Owner, Underway> underway_;
    std::map<apply::Owner, TeardownState> teardowns_;
    VerifyPace verify_pace_;
    HealPace heal_pace_;
    ToldRivals told_rivals_;
};

}  // namespace reconcile
