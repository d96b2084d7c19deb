// SPDX-License-Identifier: 0BSD
// Reconciler: one run of one StageSet: observe, decide, execute, report.
#pragma once

#include <string>

#include "base/log.hpp"
#include "base/rng.hpp"
#include "control/queue/queue.hpp"
#include "control/reconcile/decide.hpp"
#include "control/reconcile/options.hpp"
#include "control/reconcile/outcome.hpp"
#include "control/reconcile/rollout.hpp"
#include "control/reconcile/status_writer.hpp"
#include "io/kube/event_recorder.hpp"
#include "io/telemetry/metrics.hpp"

namespace reconcile {

// What the reconciler works with; all of it outlives it.
struct Collaborators {
    Engine engine;
    kube::Client& client;  // the controller's own cluster, as itself
    kube::Informer& stagesets;
    source::SourceReader& sources;
    kube::EventRecorder& events;
    telemetry::Metrics& metrics;
    base::Clock& clock;
    base::Rng& rng;
    base::Logger log;
    Options options;
};

// How a run ended, for the work queue.
struct RunEnd {
    std::optional<base::Duration> requeue_after;
    bool backoff = false;
};

class Reconciler {
public:
    explicit Reconciler(Collaborators collaborators);

    // Brings one StageSet as far as it can be brought now. Safe to stop at any point and to start again.
    // Errors: kCancelled only.
    base::Task<RunEnd> run(std::string ns, std::string name);

private:
    class Run;
    void forget(const apply::Owner& owner);

    Collaborators with_;
    StatusWriter writer_;
};

}  // namespace reconcile
