// SPDX-License-Identifier: 0BSD
// Metrics: where counters, gauges and histograms go, and the text that Prometheus scrapes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telemetry {

enum class Kind { kCounter, kGauge, kHistogram };

// What all series of one name share. A constant with static lifetime: see families.hpp.
struct Family {
    std::string_view name = {};
    std::string_view help = {};
    Kind kind = Kind::kCounter;
    // Names of the labels of each series.
    std::span<const std::string_view> labels = {};
    // Upper bounds of a histogram, ascending; +Inf is added.
    std::span<const double> buckets = {};
};

using Labels = std::vector<std::pair<std::string, std::string>>;

// The media type of expose().
inline constexpr std::string_view kExpositionType = "text/plain; version=0.0.4; charset=utf-8";

// Holds one value for each family and set of labels. Called from the event loop's thread only.
//
// `labels` of a call name exactly the family's labels, in any order; another set is a fault of ours and aborts.
class Metrics {
public:
    virtual ~Metrics() = default;

    // Adds `amount` (not negative) to a counter; 0 makes the series appear.
    virtual void add(const Family& family, const Labels& labels, double amount) = 0;
    // Sets a gauge.
    virtual void set(const Family& family, const Labels& labels, double value) = 0;
    // Counts `value` in a histogram.
    virtual void observe(const Family& family, const Labels& labels, double value) = 0;
    // Forgets each series of the family whose labels include all of `subset`; an empty subset includes all series.
    virtual void remove(const Family& family, const Labels& subset) = 0;
    // All series in Prometheus's text form. A family without series is left out.
    virtual std::string expose() = 0;

    // Counts one in a counter.
    void add(const Family& family, const Labels& labels) { add(family, labels, 1.0); }
};

}  // namespace telemetry
