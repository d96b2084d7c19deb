// SPDX-License-Identifier: 0BSD
// QueueTelemetry: the workqueue_* and controller_runtime_* series that dashboards of any controller expect.
#pragma once

#include "base/result.hpp"
#include "control/queue/queue.hpp"
#include "control/reconcile/reconciler.hpp"
#include "io/telemetry/metrics.hpp"

namespace controller {

class QueueTelemetry final : public queue::Observer {
public:
    explicit QueueTelemetry(telemetry::Metrics& metrics);

    void added() override;
    void retried() override;
    void started(base::Duration waited) override;
    void ended(base::Duration worked) override;

    // Counts one ended run; cancelled ones count as requeued.
    void count_run(const base::Result<reconcile::RunEnd>& end, base::Duration took);
    // Sets the gauges; call before the metrics are exposed.
    void refresh(const queue::Queue& queue);

private:
    telemetry::Metrics& metrics_;
};

}  // namespace controller
