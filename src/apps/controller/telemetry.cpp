// SPDX-License-Identifier: 0BSD
#include "apps/controller/telemetry.hpp"

#include "io/telemetry/families.hpp"

namespace controller {

namespace {

const telemetry::Labels kController = {{"controller", "stageset"}};
const telemetry::Labels kQueue = {{"name", "stageset"}, {"controller", "stageset"}};
const telemetry::Labels kQueueDepth = {{"name", "stageset"}, {"controller", "stageset"}, {"priority", "0"}};

double seconds(base::Duration duration) { return std::chrono::duration<double>(duration).count(); }

const char* result_of(const base::Result<reconcile::RunEnd>& end) {
    if (!end) {
        return "requeue";
    }
    if (end->backoff) {
        return "error";
    }
    return end->requeue_after ? "requeue_after" : "success";
}

}  // namespace

QueueTelemetry::QueueTelemetry(telemetry::Metrics& metrics) : metrics_(metrics) {
    for (const telemetry::Family* family :
         {&telemetry::kControllerReconcileErrorsTotal, &telemetry::kControllerTerminalReconcileErrorsTotal,
          &telemetry::kControllerReconcilePanicsTotal, &telemetry::kControllerReconcileTimeoutsTotal}) {
        metrics_.add(*family, kController, 0);
    }
    metrics_.add(telemetry::kWorkqueueAddsTotal, kQueue, 0);
    metrics_.add(telemetry::kWorkqueueRetriesTotal, kQueue, 0);
    // No worker pool exists to saturate: 0 says "unlimited".
    metrics_.set(telemetry::kControllerMaxConcurrentReconciles, kController, 0);
}

void QueueTelemetry::added() { metrics_.add(telemetry::kWorkqueueAddsTotal, kQueue); }

void QueueTelemetry::retried() { metrics_.add(telemetry::kWorkqueueRetriesTotal, kQueue); }

void QueueTelemetry::started(base::Duration waited) {
    metrics_.observe(telemetry::kWorkqueueQueueDurationSeconds, kQueue, seconds(waited));
}

void QueueTelemetry::ended(base::Duration worked) {
    metrics_.observe(telemetry::kWorkqueueWorkDurationSeconds, kQueue, seconds(worked));
}

void QueueTelemetry::count_run(const base::Result<reconcile::RunEnd>& end, base::Duration took) {
    metrics_.add(telemetry::kControllerReconcileTotal,
                 {{"controller", "stageset"}, {"result", result_of(end)}});
    if (end && end->backoff) {
        metrics_.add(telemetry::kControllerReconcileErrorsTotal, kController);
    }
    metrics_.observe(telemetry::kControllerReconcileTimeSeconds, kController, seconds(took));
}

void QueueTelemetry::refresh(const queue::Queue& queue) {
    metrics_.set(telemetry::kControllerActiveWorkers, kController,
                 static_cast<double>(queue.running_count()));
    metrics_.set(telemetry::kWorkqueueDepth, kQueueDepth, static_cast<double>(queue.waiting_count()));
    metrics_.set(telemetry::kWorkqueueUnfinishedWorkSeconds, kQueue, seconds(queue.unfinished_work()));
    metrics_.set(telemetry::kWorkqueueLongestRunningProcessorSeconds, kQueue,
                 seconds(queue.longest_running()));
}

}  // namespace controller
