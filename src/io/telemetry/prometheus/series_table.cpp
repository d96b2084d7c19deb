// SPDX-License-Identifier: 0BSD
#include "io/telemetry/prometheus/series_table.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <sstream>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "io/telemetry/labels.hpp"

namespace telemetry_prometheus {

using telemetry::Family;
using telemetry::find_label;
using telemetry::Kind;
using telemetry::Labels;

namespace {

// Ends each value of a key. Label values are text of the cluster, where it has no place; one that holds it loses it.
constexpr char kEnd = '\0';

// Series that are turned into prometheus-cpp's form at a time: they take some 500 bytes each there.
constexpr std::size_t kChunkSeries = 512;

void append_value(std::string& key, std::string_view value) {
    std::ranges::copy_if(value, std::back_inserter(key), [](char c) { return c != kEnd; });
    key += kEnd;
}

// The values of a key, one for each label of the family.
std::vector<std::string_view> split(std::string_view key) {
    std::vector<std::string_view> values;
    while (!key.empty()) {
        const std::size_t end = key.find(kEnd);
        values.push_back(key.substr(0, end));
        key.remove_prefix(end + 1);
    }
    return values;
}

bool includes(const Family& family, std::string_view key, const Labels& subset) {
    const auto values = split(key);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::string* wanted = find_label(subset, family.labels[i]);
        if (wanted != nullptr && *wanted != values[i]) {
            return false;
        }
    }
    return true;
}

prometheus::MetricType type_of(Kind kind) {
    switch (kind) {
        case Kind::kCounter: return prometheus::MetricType::Counter;
        case Kind::kGauge: return prometheus::MetricType::Gauge;
        case Kind::kHistogram: return prometheus::MetricType::Histogram;
    }
    return prometheus::MetricType::Untyped;
}

void fill(prometheus::ClientMetric& metric, const Family& family, double value) {
    if (family.kind == Kind::kCounter) {
        metric.counter.value = value;
    } else {
        metric.gauge.value = value;
    }
}

void fill(prometheus::ClientMetric& metric, const Family& family, const SeriesTable::Histogram& histogram) {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
        below += histogram.counts[i];
        const double bound =
            i < family.buckets.size() ? family.buckets[i] : std::numeric_limits<double>::infinity();
        metric.histogram.bucket.push_back({below, bound});
    }
    metric.histogram.sample_count = below;
    metric.histogram.sample_sum = histogram.sum;
}

// The text of some series; the lines about the family only when `with_head`.
std::string serialize(const prometheus::MetricFamily& family, bool with_head) {
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, {family});
    std::string text = std::move(out).str();
    std::size_t start = 0;
    while (!with_head && text.compare(start, 2, "# ") == 0) {
        start = text.find('\n', start) + 1;
    }
    return text.substr(start);
}

}  // namespace

template <class Value>
Value& SeriesTable::entry(Series<Value>& series, const Labels& labels) {
    key_.clear();
    for (const std::string_view name : family_.labels) {
        append_value(key_, *find_label(labels, name));
    }
    const auto found = series.lower_bound(key_);
    if (found != series.end() && found->first == key_) {
        return found->second;
    }
    return series.emplace_hint(found, key_, Value())->second;
}

template <class Value>
void SeriesTable::erase(Series<Value>& series, const Labels& subset) const {
    // Labels in the family's order that the subset names without a gap: these keys are neighbours.
    std::string prefix;
    for (const std::string_view name : family_.labels) {
        const std::string* value = find_label(subset, name);
        if (value == nullptr) {
            break;
        }
        append_value(prefix, *value);
    }
    for (auto at = series.lower_bound(prefix); at != series.end() && at->first.starts_with(prefix);) {
        at = includes(family_, at->first, subset) ? series.erase(at) : std::next(at);
    }
}

template <class Value>
void SeriesTable::append(const Series<Value>& series, std::string& text) const {
    bool first = true;
    for (auto at = series.begin(); at != series.end(); first = false) {
        prometheus::MetricFamily chunk{
            std::string(family_.name), std::string(family_.help), type_of(family_.kind), {}};
        for (; at != series.end() && chunk.metric.size() < kChunkSeries; ++at) {
            prometheus::ClientMetric& metric = chunk.metric.emplace_back();
            const auto values = split(at->first);
            for (std::size_t i = 0; i < values.size(); ++i) {
                metric.label.push_back({std::string(family_.labels[i]), std::string(values[i])});
            }
            fill(metric, family_, at->second);
        }
        text += serialize(chunk, first);
    }
}

double& SeriesTable::number(const Labels& labels) { return entry(numbers_, labels); }

void SeriesTable::observe(const Labels& labels, double value) {
    Histogram& histogram = entry(histograms_, labels);
    histogram.counts.resize(family_.buckets.size() + 1);
    // A bound belongs to its own bucket.
    const auto bucket = std::ranges::lower_bound(family_.buckets, value) - family_.buckets.begin();
    ++histogram.counts[static_cast<std::size_t>(bucket)];
    histogram.sum += value;
}

void SeriesTable::remove(const Labels& subset) {
    erase(numbers_, subset);
    erase(histograms_, subset);
}

void SeriesTable::append_text(std::string& text) const {
    append(numbers_, text);
    append(histograms_, text);
}

}  // namespace telemetry_prometheus
