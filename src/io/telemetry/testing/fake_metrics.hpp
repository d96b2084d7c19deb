// SPDX-License-Identifier: 0BSD
// FakeMetrics: keeps every call in order, and the values they add up to.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>

#include "base/invariant.hpp"
#include "io/telemetry/labels.hpp"

namespace telemetry::testing {

class FakeMetrics final : public Metrics {
public:
    struct Call {
        enum class Verb { kAdd, kSet, kObserve, kRemove };
        Verb verb;
        std::string family;
        Labels labels;
        double amount = 0;
    };

    using Metrics::add;
    void add(const Family& family, const Labels& labels, double amount) override {
        check(family, labels, Kind::kCounter);
        calls_.push_back({Call::Verb::kAdd, std::string(family.name), labels, amount});
        series_[key(family, labels)] += amount;
    }
    void set(const Family& family, const Labels& labels, double value) override {
        check(family, labels, Kind::kGauge);
        calls_.push_back({Call::Verb::kSet, std::string(family.name), labels, value});
        series_[key(family, labels)] = value;
    }
    void observe(const Family& family, const Labels& labels, double value) override {
        check(family, labels, Kind::kHistogram);
        calls_.push_back({Call::Verb::kObserve, std::string(family.name), labels, value});
        observations_[key(family, labels)].push_back(value);
    }
    void remove(const Family& family, const Labels& subset) override {
        calls_.push_back({Call::Verb::kRemove, std::string(family.name), subset, 0});
        const auto gone = [&](const auto& item) {
            return item.first.first == family.name && std::ranges::all_of(subset, [&](const auto& label) {
                       return std::ranges::find(item.first.second, label) != item.first.second.end();
                   });
        };
        std::erase_if(series_, gone);
        std::erase_if(observations_, gone);
    }
    // The fake has no text form.
    std::string expose() override { return {}; }

    // The value of a counter or gauge; nullopt when the series does not exist.
    std::optional<double> value(const Family& family, const Labels& labels) const {
        const auto found = series_.find(key(family, labels));
        return found == series_.end() ? std::nullopt : std::optional(found->second);
    }
    // What a histogram was given, in order.
    std::vector<double> observations(const Family& family, const Labels& labels) const {
        const auto found = observations_.find(key(family, labels));
        return found == observations_.end() ? std::vector<double>() : found->second;
    }
    // How many series of the family exist.
    std::size_t series(const Family& family) const {
        const auto of_family = [&](const auto& item) { return item.first.first == family.name; };
        return static_cast<std::size_t>(std::ranges::count_if(series_, of_family) +
                                        std::ranges::count_if(observations_, of_family));
    }
    const std::vector<Call>& calls() const { return calls_; }

private:
    using Key = std::pair<std::string, Labels>;

    static void check(const Family& family, const Labels& labels, Kind kind) {
        base::invariant(family.kind == kind, "a metric was used as another kind");
        base::invariant(fits(family, labels), "the labels of a metric are not those of its family");
    }
    static Key key(const Family& family, Labels labels) {
        std::ranges::sort(labels);
        return {std::string(family.name), std::move(labels)};
    }

    std::vector<Call> calls_;
    std::map<Key, double> series_;
    std::map<Key, std::vector<double>> observations_;
};

}  // namespace telemetry::testing
