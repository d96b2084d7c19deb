// SPDX-License-Identifier: 0BSD
#include "io/telemetry/prometheus/process.hpp"

#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "io/telemetry/testing/fake_metrics.hpp"

namespace telemetry_prometheus {
namespace {

constexpr std::string_view kTail =
    " S 1 2 3 4 5 6 7 8 9 10 1100 250 13 14 15 16 17 18 987654 104857600 2560 18446744073709551615 1 1 0\n";

TEST(ParseStat, ReadsTheFieldsAfterTheName) {
    for (const std::string_view name : {"(stageset-contro)", "(a b) c)", "()", "(x) S 9 9 9)"}) {
        const auto stat = parse_stat("42 " + std::string(name) + std::string(kTail));
        ASSERT_TRUE(stat) << name;
        EXPECT_EQ(stat->user_ticks, 1100U);
        EXPECT_EQ(stat->system_ticks, 250U);
        EXPECT_EQ(stat->start_ticks, 987654U);
        EXPECT_EQ(stat->virtual_bytes, 104857600U);
        EXPECT_EQ(stat->resident_pages, 2560U);
    }
}

TEST(ParseStat, RefusesATextOfAnotherForm) {
    for (const std::string_view text : {"", "42", "42 (name", "42 (name)", "42 (name) S 1 2 3",
                                        "42 (n) S 1 2 3 4 5 6 7 8 9 10 x 250 13 14 15 16 17 18 9 1 2",
                                        "42 (n) S 1 2 3 4 5 6 7 8 9 10 1100 250 13 14 15 16 17 18 9 1",
                                        "42 (n) S 1 2 3 4 5 6 7 8 9 10 1 2 13 14 15 16 17 18 9 1 -2"}) {
        EXPECT_FALSE(parse_stat(text)) << text;
    }
}

TEST(ParseBootTime, ReadsTheLineOfThatName) {
    EXPECT_EQ(parse_boot_time("cpu  1 2 3\nctxt 5\nbtime 1750000000\nprocesses 9\n"), 1750000000U);
    EXPECT_EQ(parse_boot_time("cpu 1\nbtime 7"), 7U);
    EXPECT_EQ(parse_boot_time("cpu 1\nbtime \n"), std::nullopt);
    EXPECT_EQ(parse_boot_time("cpu 1\nbtime x\n"), std::nullopt);
    EXPECT_EQ(parse_boot_time(""), std::nullopt);
}

// A real process: the values are of the right size, and none is missing.
TEST(ReportProcess, TellsWhatThisProcessUses) {
    telemetry::testing::FakeMetrics metrics;
    const auto value = [&](std::string_view name) {
        return metrics.value(telemetry::Family{.name = name}, {}).value_or(-1);
    };
    report_process(metrics);
    EXPECT_GE(value("process_cpu_seconds_total"), 0);
    EXPECT_LT(value("process_cpu_seconds_total"), 3600);
    EXPECT_GT(value("process_resident_memory_bytes"), 1e6);
    EXPECT_GT(value("process_virtual_memory_bytes"), value("process_resident_memory_bytes"));
    EXPECT_GE(value("process_virtual_memory_max_bytes"), value("process_virtual_memory_bytes"));
    EXPECT_GE(value("process_open_fds"), 3);
    EXPECT_GT(value("process_max_fds"), value("process_open_fds"));
    const double now = std::chrono::duration<double>(base::SystemClock().now().time_since_epoch()).count();
    EXPECT_NEAR(value("process_start_time_seconds"), now, 600);
}

TEST(ReportProcess, SetsTheSameSeriesAgain) {
    telemetry::testing::FakeMetrics metrics;
    report_process(metrics);
    const double first = *metrics.value(telemetry::Family{.name = "process_cpu_seconds_total"}, {});
    report_process(metrics);
    const double second = *metrics.value(telemetry::Family{.name = "process_cpu_seconds_total"}, {});
    EXPECT_GE(second, first);
    EXPECT_LT(second, 2 * first + 1) << "the total is not added to itself";
}

}  // namespace
}  // namespace telemetry_prometheus
