// SPDX-License-Identifier: 0BSD
#include "io/telemetry/metrics.hpp"

#include <gtest/gtest.h>

#include "io/telemetry/families.hpp"
#include "io/telemetry/labels.hpp"
#include "io/telemetry/testing/fake_metrics.hpp"

namespace telemetry {
namespace {

using testing::FakeMetrics;

const Labels kWeb = {{"namespace", "prod"}, {"stageset", "web"}, {"stage", "canary"}};

TEST(Labels, FitOnlyWhenEachNameOfTheFamilyIsGivenOnce) {
    struct Case {
        const char* name;
        Labels labels;
        bool fits;
    };
    const Case cases[] = {
        {"AsDeclared", {{"namespace", "a"}, {"stageset", "b"}, {"stage", "c"}}, true},
        {"InAnotherOrder", {{"stage", "c"}, {"namespace", "a"}, {"stageset", "b"}}, true},
        {"EmptyValue", {{"namespace", ""}, {"stageset", ""}, {"stage", ""}}, true},
        {"OneMissing", {{"namespace", "a"}, {"stageset", "b"}}, false},
        {"OneTwice", {{"namespace", "a"}, {"stageset", "b"}, {"stageset", "c"}}, false},
        {"OneUnknown", {{"namespace", "a"}, {"name", "b"}, {"stage", "c"}}, false},
        {"OneTooMany", {{"namespace", "a"}, {"stageset", "b"}, {"stage", "c"}, {"more", "d"}}, false},
        {"None", {}, false},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(fits(kStageReady, c.labels), c.fits) << c.name;
    }
    EXPECT_TRUE(fits(kWebhookCertRenewalFailuresTotal, {}));
}

TEST(FakeMetrics, AddsUpCountersWhateverTheOrderOfLabels) {
    FakeMetrics metrics;
    metrics.add(kUpdateDeferredTotal, {{"namespace", "prod"}, {"name", "web"}});
    metrics.add(kUpdateDeferredTotal, {{"name", "web"}, {"namespace", "prod"}}, 2);
    EXPECT_EQ(metrics.value(kUpdateDeferredTotal, {{"namespace", "prod"}, {"name", "web"}}), 3.0);
    EXPECT_EQ(metrics.value(kUpdateDeferredTotal, {{"namespace", "prod"}, {"name", "api"}}), std::nullopt);
    ASSERT_EQ(metrics.calls().size(), 2U);
    EXPECT_EQ(metrics.calls()[1].amount, 2.0);
}

TEST(FakeMetrics, KeepsTheLastValueOfAGaugeAndEveryObservation) {
    FakeMetrics metrics;
    metrics.set(kStageReady, kWeb, 0);
    metrics.set(kStageReady, kWeb, 1);
    EXPECT_EQ(metrics.value(kStageReady, kWeb), 1.0);
    metrics.observe(kControllerReconcileTimeSeconds, {{"controller", "stageset"}}, 0.5);
    metrics.observe(kControllerReconcileTimeSeconds, {{"controller", "stageset"}}, 0.25);
    EXPECT_EQ(metrics.observations(kControllerReconcileTimeSeconds, {{"controller", "stageset"}}),
              (std::vector<double>{0.5, 0.25}));
}

TEST(FakeMetrics, RemovesTheSeriesThatIncludeTheSubset) {
    FakeMetrics metrics;
    metrics.set(kStageReady, kWeb, 1);
    metrics.set(kStageReady, {{"namespace", "prod"}, {"stageset", "web"}, {"stage", "all"}}, 1);
    metrics.set(kStageReady, {{"namespace", "prod"}, {"stageset", "api"}, {"stage", "all"}}, 1);
    metrics.remove(kStageReady, {{"namespace", "prod"}, {"stageset", "web"}});
    EXPECT_EQ(metrics.series(kStageReady), 1U);
    metrics.remove(kStageReady, {});
    EXPECT_EQ(metrics.series(kStageReady), 0U);
}

TEST(FakeMetricsDeathTest, RefusesLabelsAndKindsThatTheRealOneRefuses) {
    FakeMetrics metrics;
    EXPECT_DEATH(metrics.set(kStageReady, {{"namespace", "prod"}}, 1), "labels of a metric");
    EXPECT_DEATH(metrics.add(kStageReady, kWeb, 1), "another kind");
}

}  // namespace
}  // namespace telemetry
