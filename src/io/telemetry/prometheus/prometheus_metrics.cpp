// SPDX-License-Identifier: 0BSD
#include "io/telemetry/prometheus/prometheus_metrics.hpp"

#include <map>

#include "base/invariant.hpp"
#include "io/telemetry/families.hpp"
#include "io/telemetry/labels.hpp"
#include "io/telemetry/prometheus/process.hpp"
#include "io/telemetry/prometheus/series_table.hpp"

namespace telemetry {

using telemetry_prometheus::SeriesTable;

struct PrometheusMetrics::State {
    // By name, so that two scrapes have the same order.
    std::map<std::string_view, SeriesTable> tables;

    SeriesTable& table(const Family& family, Kind kind) {
        base::invariant(family.kind == kind, "a metric was used as another kind");
        SeriesTable& found = tables.try_emplace(family.name, family).first->second;
        base::invariant(found.family().kind == kind, "two families of different kinds share a name");
        return found;
    }
    SeriesTable& table(const Family& family, const Labels& labels, Kind kind) {
        base::invariant(fits(family, labels), "the labels of a metric are not those of its family");
        return table(family, kind);
    }
};

PrometheusMetrics::PrometheusMetrics() : state_(std::make_unique<State>()) {
    add(kWebhookCertRenewalFailuresTotal, {}, 0);
}

PrometheusMetrics::~PrometheusMetrics() = default;

void PrometheusMetrics::add(const Family& family, const Labels& labels, double amount) {
    base::invariant(amount >= 0, "a counter was asked to go down");
    state_->table(family, labels, Kind::kCounter).number(labels) += amount;
}

void PrometheusMetrics::set(const Family& family, const Labels& labels, double value) {
    state_->table(family, labels, Kind::kGauge).number(labels) = value;
}

void PrometheusMetrics::observe(const Family& family, const Labels& labels, double value) {
    state_->table(family, labels, Kind::kHistogram).observe(labels, value);
}

void PrometheusMetrics::remove(const Family& family, const Labels& subset) {
    for (const auto& label : subset) {
        base::invariant(std::ranges::find(family.labels, label.first) != family.labels.end(),
                        "a label to remove by is none of its family");
    }
    if (const auto found = state_->tables.find(family.name); found != state_->tables.end()) {
        found->second.remove(subset);
    }
}

std::string PrometheusMetrics::expose() {
    telemetry_prometheus::report_process(*this);
    std::string text;
    for (const auto& [name, table] : state_->tables) {
        table.append_text(text);
    }
    return text;
}

}  // namespace telemetry
