// SPDX-License-Identifier: 0BSD
// Prints what 10,000 StageSets of two stages cost: bytes and time of each series, and the time of a scrape.
#include <malloc.h>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "io/telemetry/families.hpp"
#include "io/telemetry/prometheus/prometheus_metrics.hpp"

namespace {

constexpr int kStageSets = 10'000;
constexpr double kSeries = 2.0 * kStageSets;

double micros(base::Duration duration) { return std::chrono::duration<double, std::micro>(duration).count(); }

telemetry::Labels labels(int number, const char* stage) {
    return {{"namespace", fmt::format("tenant-namespace-{}", number % 100)},
            {"stageset", fmt::format("application-{}", number)},
            {"stage", stage}};
}

void set_all(telemetry::Metrics& metrics) {
    for (int i = 0; i < kStageSets; ++i) {
        metrics.set(telemetry::kStageReady, labels(i, "canary"), 1);
        metrics.set(telemetry::kStageReady, labels(i, "production"), 1);
    }
}

}  // namespace

int main() {
    const base::SystemClock clock;
    telemetry::PrometheusMetrics metrics;
    const auto before = mallinfo2().uordblks;
    auto start = clock.steady_now();
    set_all(metrics);
    fmt::print("new series: {:.2f} us, {:.0f} bytes each\n", micros(clock.steady_now() - start) / kSeries,
               static_cast<double>(mallinfo2().uordblks - before) / kSeries);
    start = clock.steady_now();
    set_all(metrics);
    fmt::print("known series: {:.2f} us each\n", micros(clock.steady_now() - start) / kSeries);
    start = clock.steady_now();
    const std::string text = metrics.expose();
    fmt::print("scrape: {:.1f} ms, {} bytes\n", micros(clock.steady_now() - start) / 1000, text.size());
    start = clock.steady_now();
    for (int i = 0; i < kStageSets; ++i) {
        telemetry::Labels one = labels(i, "");
        one.pop_back();
        metrics.remove(telemetry::kStageReady, one);
    }
    fmt::print("removal: {:.2f} us for each StageSet\n", micros(clock.steady_now() - start) / kStageSets);
}
