// SPDX-License-Identifier: 0BSD
#include <gtest/gtest.h>

#include "base/clock.hpp"

namespace base {
namespace {

using namespace std::chrono_literals;

WallTime at(std::chrono::sys_days day, std::chrono::nanoseconds of_day = 0ns) {
    return WallTime(day) + of_day;
}

const std::chrono::sys_days kDay = std::chrono::sys_days(std::chrono::year(2026) / 6 / 15);
constexpr std::chrono::nanoseconds kMorning = 9h + 21min + 4s;

TEST(FormatRfc3339, WritesUtcWithTheDigitsOfEachForm) {
    struct Case {
        WallTime time;
        const char* seconds;
        const char* micros;
        const char* nanos;
    };
    const Case cases[] = {
        {at(kDay, kMorning), "2026-06-15T09:21:04Z", "2026-06-15T09:21:04.000000Z",
         "2026-06-15T09:21:04.000000000Z"},
        {at(kDay, kMorning + 123456789ns), "2026-06-15T09:21:04Z", "2026-06-15T09:21:04.123456Z",
         "2026-06-15T09:21:04.123456789Z"},
        {at(kDay, 1ns), "2026-06-15T00:00:00Z", "2026-06-15T00:00:00.000000Z",
         "2026-06-15T00:00:00.000000001Z"},
        {at(kDay) - 1ns, "2026-06-14T23:59:59Z", "2026-06-14T23:59:59.999999Z",
         "2026-06-14T23:59:59.999999999Z"},
        {WallTime(0ns), "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z",
         "1970-01-01T00:00:00.000000000Z"},
        {WallTime(-1ns), "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999999Z",
         "1969-12-31T23:59:59.999999999Z"},
        {at(std::chrono::year(2024) / 2 / 29), "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z",
         "2024-02-29T00:00:00.000000000Z"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(format_rfc3339(c.time), c.seconds);
        EXPECT_EQ(format_rfc3339_micro(c.time), c.micros);
        EXPECT_EQ(format_rfc3339_nano(c.time), c.nanos);
    }
}

TEST(ParseRfc3339, ReadsOffsetsAndFractions) {
    struct Case {
        const char* text;
        WallTime time;
    };
    const Case cases[] = {
        {"2026-06-15T09:21:04Z", at(kDay, kMorning)},
        {"2026-06-15T09:21:04.5Z", at(kDay, kMorning + 500ms)},
        {"2026-06-15T09:21:04.000001Z", at(kDay, kMorning + 1us)},
        {"2026-06-15T09:21:04.123456789Z", at(kDay, kMorning + 123456789ns)},
        {"2026-06-15T11:21:04+02:00", at(kDay, kMorning)},
        {"2026-06-15T03:51:04-05:30", at(kDay, kMorning)},
        {"2026-06-15T00:30:00+01:00", at(kDay) - 30min},
        {"2026-06-15T09:21:04+00:00", at(kDay, kMorning)},
        {"2024-02-29T23:59:59Z", at(std::chrono::year(2024) / 2 / 29, 23h + 59min + 59s)},
        {"1970-01-01T00:00:00Z", WallTime(0ns)},
        {"1969-12-31T23:59:59.25Z", WallTime(-750ms)},
    };
    for (const Case& c : cases) {
        const auto parsed = parse_rfc3339(c.text);
        ASSERT_TRUE(parsed) << parsed.error().message;
        EXPECT_EQ(*parsed, c.time) << c.text;
    }
}

TEST(ParseRfc3339, RefusesAnythingElse) {
    const char* const cases[] = {
        "",
        "2026",
        "2026-06-15",
        "2026-06-15T09:21:04",
        "2026-06-15 09:21:04Z",
        "2026-06-15t09:21:04z",
        "2026-06-15T09:21Z",
        "2026-06-15T9:21:04Z",
        "26-06-15T09:21:04Z",
        "2026-6-15T09:21:04Z",
        "2026-13-15T09:21:04Z",
        "2026-00-15T09:21:04Z",
        "2026-02-29T09:21:04Z",
        "2026-06-31T09:21:04Z",
        "2026-06-00T09:21:04Z",
        "2026-06-15T24:00:00Z",
        "2026-06-15T09:60:04Z",
        "2026-06-15T09:21:60Z",
        "2026-06-15T09:21:04.Z",
        "2026-06-15T09:21:04.1234567890Z",
        "2026-06-15T09:21:04+0200",
        "2026-06-15T09:21:04+02",
        "2026-06-15T09:21:04+24:00",
        "2026-06-15T09:21:04+02:60",
        "2026-06-15T09:21:04Z ",
        " 2026-06-15T09:21:04Z",
        "2026-06-15T09:21:04ZZ",
        "2026-06-15T-1:21:04Z",
        "+026-06-15T09:21:04Z",
        "1500-01-01T00:00:00Z",
        "2500-01-01T00:00:00Z",
    };
    for (const char* text : cases) {
        const auto parsed = parse_rfc3339(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, ErrorCode::kInvalid) << text;
    }
}

TEST(ParseRfc3339, ShowsOnlyTheStartOfALongText) {
    const auto parsed = parse_rfc3339(std::string(10'000, 'x'));
    ASSERT_FALSE(parsed);
    EXPECT_LT(parsed.error().message.size(), 200U);
}

}  // namespace
}  // namespace base
