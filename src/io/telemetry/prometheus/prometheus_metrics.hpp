// SPDX-License-Identifier: 0BSD
// PrometheusMetrics: the real Metrics, kept in memory and written in Prometheus's text form.
#pragma once

#include <memory>

#include "io/telemetry/metrics.hpp"

namespace telemetry {

// Besides what it is given, expose() tells the process_* series, read from /proc when asked.
class PrometheusMetrics final : public Metrics {
public:
    PrometheusMetrics();
    ~PrometheusMetrics() override;
    PrometheusMetrics(const PrometheusMetrics&) = delete;
    PrometheusMetrics& operator=(const PrometheusMetrics&) = delete;

    using Metrics::add;
    void add(const Family& family, const Labels& labels, double amount) override;
    void set(const Family& family, const Labels& labels, double value) override;
    void observe(const Family& family, const Labels& labels, double value) override;
    void remove(const Family& family, const Labels& subset) override;
    std::string expose() override;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace telemetry
