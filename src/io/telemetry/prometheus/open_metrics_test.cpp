// SPDX-License-Identifier: 0BSD
#include "io/telemetry/prometheus/open_metrics.hpp"

#include <gtest/gtest.h>

#include "io/telemetry/families.hpp"
#include "io/telemetry/prometheus/prometheus_metrics.hpp"

namespace telemetry_prometheus {
namespace {

TEST(OpenMetrics, IsGivenToThoseWhoAcceptIt) {
    struct Case {
        std::string_view accept;
        bool accepted;
    };
    for (const Case& c : {
             Case{"", false},
             Case{"*/*", false},
             Case{"text/plain;version=0.0.4", false},
             Case{"application/openmetrics-text", true},
             Case{"application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5", true},
             Case{"text/plain;q=0.5, application/openmetrics-text; version=0.0.1", true},
             Case{"application/openmetrics-text;q=0", false},
             Case{"application/openmetrics-text; q=0.00, */*", false},
             Case{"application/openmetrics-textual", false},
             Case{",;,", false},
         }) {
        EXPECT_EQ(accepts_open_metrics(c.accept), c.accepted) << c.accept;
    }
}

TEST(OpenMetrics, NamesCountersFamiliesWithoutTheirSuffix) {
    EXPECT_EQ(
        open_metrics_of("# HELP x_total Things that were done.\n# TYPE x_total counter\nx_total{a=\"b\"} 3\n"
                        "# TYPE up gauge\nup 1\n"),
        "# HELP x Things that were done.\n# TYPE x counter\nx_total{a=\"b\"} 3\n# TYPE up gauge\nup 1\n# "
        "EOF\n");
}

TEST(OpenMetrics, BoundsOfBucketsAreFloats) {
    EXPECT_EQ(
        open_metrics_of(
            "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"0.5\"} 0\nh_bucket{le=\"+Inf\"} 1\n"
            "h_bucket{le=\"1e-08\"} 0\n"),
        "# TYPE h histogram\nh_bucket{le=\"1.0\"} 1\nh_bucket{le=\"0.5\"} 0\nh_bucket{le=\"+Inf\"} 1\n"
        "h_bucket{le=\"1e-08\"} 0\n# EOF\n");
}

TEST(OpenMetrics, NothingIsOnlyItsEnd) { EXPECT_EQ(open_metrics_of(""), "# EOF\n"); }

TEST(OpenMetrics, KeepsEverySampleOfARealExposition) {
    telemetry::PrometheusMetrics metrics;
    metrics.add(telemetry::kReconcileTotal, {{"namespace", "t"}, {"name", "s"}, {"reason", "Succeeded"}});
    metrics.observe(telemetry::kControllerReconcileTimeSeconds, {{"controller", "stageset"}}, 2);
    const std::string text = open_metrics_of(metrics.expose());
    EXPECT_NE(text.find("# TYPE stageset_reconcile counter\n"), std::string::npos) << text;
    EXPECT_NE(text.find("stageset_reconcile_total{namespace=\"t\",name=\"s\",reason=\"Succeeded\"} 1\n"),
              std::string::npos);
    EXPECT_NE(text.find("_bucket{controller=\"stageset\",le=\"2.0\"} 1\n"), std::string::npos);
    EXPECT_TRUE(text.ends_with("\n# EOF\n"));
}

}  // namespace
}  // namespace telemetry_prometheus
