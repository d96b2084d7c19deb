// SPDX-License-Identifier: 0BSD
#include "io/telemetry/prometheus/prometheus_metrics.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "io/telemetry/families.hpp"

namespace telemetry {
namespace {

class Prometheus : public ::testing::Test {
protected:
    // The lines of one family; all but those of process_* when no name is given.
    std::vector<std::string> lines(std::string_view family = {}) {
        std::istringstream text(metrics_.expose());
        std::vector<std::string> result;
        for (std::string line; std::getline(text, line);) {
            const bool of_process = line.find("process_") == 0 || line.find(" process_") != std::string::npos;
            if (family.empty() ? !of_process : line.find(family) != std::string::npos) {
                result.push_back(line);
            }
        }
        return result;
    }

    PrometheusMetrics metrics_;
};

using Lines = std::vector<std::string>;

const Labels kWeb = {{"namespace", "prod"}, {"stageset", "web"}, {"stage", "canary"}};

TEST_F(Prometheus, ExposesOnlyTheRenewalFailuresFromTheStart) {
    EXPECT_EQ(
        lines(),
        (Lines{
            "# HELP stageset_webhook_cert_renewal_failures_total Failed renewals of the self-signed webhook "
            "certificate.",
            "# TYPE stageset_webhook_cert_renewal_failures_total counter",
            "stageset_webhook_cert_renewal_failures_total 0"}));
}

TEST_F(Prometheus, TellsTheProcess) {
    for (const char* name : {"process_cpu_seconds_total", "process_resident_memory_bytes",
                             "process_virtual_memory_bytes", "process_virtual_memory_max_bytes",
                             "process_open_fds", "process_max_fds", "process_start_time_seconds"}) {
        EXPECT_EQ(lines(name).size(), 3U) << name;
    }
    EXPECT_EQ(lines("process_cpu_seconds_total")[1], "# TYPE process_cpu_seconds_total counter");
}

TEST_F(Prometheus, AddsToACounterInTheFamilysOrderOfLabels) {
    metrics_.add(kUpdateDeferredTotal, {{"namespace", "prod"}, {"name", "web"}});
    metrics_.add(kUpdateDeferredTotal, {{"name", "web"}, {"namespace", "prod"}}, 1.5);
    metrics_.add(kUpdateDeferredTotal, {{"namespace", "prod"}, {"name", "api"}}, 0);
    EXPECT_EQ(lines("stageset_update_deferred_total"),
              (Lines{"# HELP stageset_update_deferred_total Reconcile runs held back by an update window.",
                     "# TYPE stageset_update_deferred_total counter",
                     R"(stageset_update_deferred_total{namespace="prod",name="api"} 0)",
                     R"(stageset_update_deferred_total{namespace="prod",name="web"} 2.5)"}));
}

TEST_F(Prometheus, SetsAGauge) {
    metrics_.set(kStageReady, kWeb, 0);
    metrics_.set(kStageReady, kWeb, 1);
    EXPECT_EQ(lines("stageset_stage_ready")[1], "# TYPE stageset_stage_ready gauge");
    EXPECT_EQ(lines("stageset_stage_ready")[2],
              R"(stageset_stage_ready{namespace="prod",stageset="web",stage="canary"} 1)");
}

TEST_F(Prometheus, EscapesLabelValues) {
    metrics_.add(kWatchEngagementFailuresTotal, {{"gvk", "a\"b\\c\nd"}});
    EXPECT_EQ(lines("stageset_watch_engagement_failures_total{")[0],
              R"(stageset_watch_engagement_failures_total{gvk="a\"b\\c\nd"} 1)");
}

TEST_F(Prometheus, KeepsEmptyValuesApartFromTheirNeighbours) {
    metrics_.set(kStageReady, {{"namespace", "a"}, {"stageset", ""}, {"stage", "b"}}, 1);
    metrics_.set(kStageReady, {{"namespace", "a"}, {"stageset", "b"}, {"stage", ""}}, 2);
    metrics_.set(kStageReady, {{"namespace", std::string("a\0", 2)}, {"stageset", "b"}, {"stage", ""}}, 3);
    EXPECT_EQ(lines("stageset_stage_ready{"),
              (Lines{R"(stageset_stage_ready{namespace="a",stageset="",stage="b"} 1)",
                     R"(stageset_stage_ready{namespace="a",stageset="b",stage=""} 3)"}));
}

TEST_F(Prometheus, CountsEachObservationInItsBucketAndAllAbove) {
    for (const double seconds : {0.0, 0.005, 0.0051, 60.0, 61.0}) {
        metrics_.observe(kControllerReconcileTimeSeconds, {{"controller", "stageset"}}, seconds);
    }
    const Lines all = lines("controller_runtime_reconcile_time_seconds");
    // HELP, TYPE, one line a bound and for +Inf, sum, count.
    ASSERT_EQ(all.size(), 2 + kReconcileBuckets.size() + 1 + 2);
    const std::string name = "controller_runtime_reconcile_time_seconds";
    const auto has = [&](const std::string& line) {
        return std::ranges::find(all, name + line) != all.end();
    };
    EXPECT_EQ(all[1], "# TYPE " + name + " histogram");
    EXPECT_TRUE(has(R"(_bucket{controller="stageset",le="0.005"} 2)"));
    EXPECT_TRUE(has(R"(_bucket{controller="stageset",le="0.01"} 3)"));
    EXPECT_TRUE(has(R"(_bucket{controller="stageset",le="0.025"} 3)"));
    EXPECT_TRUE(has(R"(_bucket{controller="stageset",le="50"} 3)"));
    EXPECT_TRUE(has(R"(_bucket{controller="stageset",le="60"} 4)"));
    EXPECT_TRUE(has(R"(_bucket{controller="stageset",le="+Inf"} 5)"));
    EXPECT_TRUE(has(R"(_count{controller="stageset"} 5)"));
    EXPECT_TRUE(std::ranges::any_of(all, [&](const std::string& line) {
        return line.starts_with(name + R"(_sum{controller="stageset"} 121.010)");
    }));
}

TEST_F(Prometheus, WritesDecadeBoundsAsGoDoes) {
    metrics_.observe(kWorkqueueQueueDurationSeconds, {{"name", "q"}, {"controller", "stageset"}}, 1);
    Lines bounds;
    for (const std::string& line : lines("workqueue_queue_duration_seconds_bucket")) {
        const std::size_t start = line.find("le=\"") + 4;
        bounds.push_back(line.substr(start, line.find('"', start) - start));
    }
    EXPECT_EQ(bounds, (Lines{"1e-08", "1e-07", "1e-06", "1e-05", "0.0001", "0.001", "0.01", "0.1", "1", "10",
                             "100", "1000", "+Inf"}));
}

TEST_F(Prometheus, RemovesTheSeriesThatIncludeTheSubset) {
    struct Case {
        const char* name;
        Labels subset;
        Lines left;
    };
    const Case cases[] = {
        {"LeadingLabels", {{"namespace", "a"}, {"stageset", "x"}}, {"a/xy/1", "ab/x/1"}},
        {"AnyOrder", {{"stageset", "x"}, {"namespace", "a"}}, {"a/xy/1", "ab/x/1"}},
        {"OneLeadingLabel", {{"namespace", "a"}}, {"ab/x/1"}},
        {"AllLabels", {{"namespace", "a"}, {"stageset", "x"}, {"stage", "1"}}, {"a/x/2", "a/xy/1", "ab/x/1"}},
        {"NoLeadingLabel", {{"stage", "1"}}, {"a/x/2"}},
        {"WithAGap", {{"namespace", "a"}, {"stage", "1"}}, {"a/x/2", "ab/x/1"}},
        {"NoneOfThatValue", {{"namespace", "b"}}, {"a/x/1", "a/x/2", "a/xy/1", "ab/x/1"}},
        {"StartOfAValue", {{"namespace", ""}}, {"a/x/1", "a/x/2", "a/xy/1", "ab/x/1"}},
        {"All", {}, {}},
    };
    for (const Case& c : cases) {
        PrometheusMetrics metrics;
        for (const std::vector<std::string>& id :
             {Lines{"a", "x", "1"}, {"a", "x", "2"}, {"a", "xy", "1"}, {"ab", "x", "1"}}) {
            metrics.set(kStageReady, {{"namespace", id[0]}, {"stageset", id[1]}, {"stage", id[2]}}, 1);
        }
        metrics.remove(kStageReady, c.subset);
        const std::string text = metrics.expose();
        Lines left;
        for (const std::vector<std::string>& id :
             {Lines{"a", "x", "1"}, {"a", "x", "2"}, {"a", "xy", "1"}, {"ab", "x", "1"}}) {
            if (text.find(fmt::format(R"({{namespace="{}",stageset="{}",stage="{}"}})", id[0], id[1],
                                      id[2])) != std::string::npos) {
                left.push_back(fmt::format("{}", fmt::join(id, "/")));
            }
        }
        EXPECT_EQ(left, c.left) << c.name;
        EXPECT_EQ(text.find("stageset_stage_ready") == std::string::npos, c.left.empty()) << c.name;
    }
}

TEST_F(Prometheus, RemovesHistogramsAndUnknownFamiliesToo) {
    metrics_.observe(kControllerReconcileTimeSeconds, {{"controller", "stageset"}}, 1);
    metrics_.remove(kControllerReconcileTimeSeconds, {{"controller", "stageset"}});
    metrics_.remove(kStageReady, {{"namespace", "a"}});
    EXPECT_EQ(lines().size(), 3U);
}

TEST_F(Prometheus, NamesAFamilyOnceHoweverManySeriesItHas) {
    constexpr std::size_t kMany = 2000;
    for (std::size_t i = 0; i < kMany; ++i) {
        metrics_.set(kStageReady, {{"namespace", "a"}, {"stageset", fmt::format("{:05}", i)}, {"stage", "s"}},
                     static_cast<double>(i));
    }
    const Lines all = lines("stageset_stage_ready");
    ASSERT_EQ(all.size(), kMany + 2);
    for (std::size_t i = 0; i < kMany; ++i) {
        ASSERT_EQ(
            all[i + 2],
            fmt::format(R"(stageset_stage_ready{{namespace="a",stageset="{:05}",stage="s"}} {})", i, i));
    }
}

TEST_F(Prometheus, OrdersFamiliesByName) {
    metrics_.add(kWorkqueueAddsTotal, {{"name", "q"}, {"controller", "stageset"}});
    metrics_.add(kControllerReconcileTotal, {{"controller", "stageset"}, {"result", "success"}});
    Lines names;
    for (const std::string& line : lines("# TYPE")) {
        names.push_back(line);
    }
    EXPECT_TRUE(std::ranges::is_sorted(names));
    EXPECT_GE(names.size(), 3U);
}

TEST(PrometheusDeathTest, RefusesAFaultOfOurs) {
    PrometheusMetrics metrics;
    EXPECT_DEATH(metrics.set(kStageReady, {{"namespace", "prod"}}, 1), "labels of a metric");
    EXPECT_DEATH(metrics.add(kStageReady, kWeb, 1), "another kind");
    EXPECT_DEATH(metrics.add(kWebhookCertRenewalFailuresTotal, {}, -1), "go down");
    EXPECT_DEATH(metrics.remove(kStageReady, {{"name", "web"}}), "none of its family");
}

}  // namespace
}  // namespace telemetry
