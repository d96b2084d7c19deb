// SPDX-License-Identifier: 0BSD
// SeriesTable: all series of one family, in little memory and in the order of their label values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "io/telemetry/metrics.hpp"

namespace telemetry_prometheus {

// A series is one map node: its label values joined into a key, and its number. prometheus-cpp's own Family keeps each
// label name again in each series and visits all series to remove some; here the leading labels select a range.
class SeriesTable {
public:
    // Counts of a histogram: one for each bound and one for what lies above.
    struct Histogram {
        std::vector<std::uint64_t> counts;
        double sum = 0;
    };

    // What `family` points to must outlive the table.
    explicit SeriesTable(const telemetry::Family& family) : family_(family) {}

    const telemetry::Family& family() const { return family_; }
    // The counter or gauge with these labels, made with 0 when it is new. `labels` fits the family.
    double& number(const telemetry::Labels& labels);
    void observe(const telemetry::Labels& labels, double value);
    void remove(const telemetry::Labels& subset);
    // Appends the text form of all series; nothing when there is none.
    void append_text(std::string& text) const;

private:
    template <class Value>
    using Series = std::map<std::string, Value, std::less<>>;

    template <class Value>
    Value& entry(Series<Value>& series, const telemetry::Labels& labels);
    template <class Value>
    void erase(Series<Value>& series, const telemetry::Labels& subset) const;
    template <class Value>
    void append(const Series<Value>& series, std::string& text) const;

    telemetry::Family family_;
    Series<double> numbers_;
    Series<Histogram> histograms_;
    // The key of the last lookup: reused so that a lookup allocates nothing.
    std::string key_;
};

}  // namespace telemetry_prometheus
