// SPDX-License-Identifier: 0BSD
#include "base/duration.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace base {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t kMicro = 1'000;
constexpr std::int64_t kMilli = 1'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

TEST(ParseDuration, ReadsWhatGoReads) {
    struct Case {
        const char* text;
        std::int64_t nanos;
    };
    const Case cases[] = {
        {"0", 0},
        {"-0", 0},
        {"+0", 0},
        {"0s", 0},
        {"0.0s", 0},
        {"5s", 5 * kSecond},
        {"+5s", 5 * kSecond},
        {"-5s", -5 * kSecond},
        {"30s", 30 * kSecond},
        {"1h30m", kHour + 30 * kMinute},
        {"1h30m0s", kHour + 30 * kMinute},
        {"10m0s", 10 * kMinute},
        {"-1h30m", -kHour - 30 * kMinute},
        {"1478s", 1478 * kSecond},
        {"1.5h", kHour + 30 * kMinute},
        {".5s", kSecond / 2},
        {"5.s", 5 * kSecond},
        {"5.6s", 5 * kSecond + 600 * kMilli},
        {"1.004s", kSecond + 4 * kMilli},
        {"10ns", 10},
        {"11us", 11 * kMicro},
        {"12\u00B5s", 12 * kMicro},
        {"12\u03BCs", 12 * kMicro},
        {"12.5us", 12 * kMicro + 500},
        {"13ms", 13 * kMilli},
        {"3s1h", kHour + 3 * kSecond},
        {"1h1h", 2 * kHour},
        {"39h9m14.425s", 39 * kHour + 9 * kMinute + 14 * kSecond + 425 * kMilli},
        {"52763797000ns", 52'763'797'000},
        {"0.3333333333333333333h", 20 * kMinute},
        {"0.100000000000000000000h", 6 * kMinute},
        {"0.9223372036854775808h", 55 * kMinute + 20 * kSecond + 413'933'267},
        {"9007199254740993ns", 9'007'199'254'740'993},
        {"9223372036854775807ns", kMax},
        {"9223372036854775.807us", kMax},
        {"9223372036s854ms775us807ns", kMax},
        {"-9223372036854775808ns", kMin},
        {"2562047h47m16.854775807s", kMax},
    };
    for (const Case& c : cases) {
        const auto parsed = parse_duration(c.text);
        ASSERT_TRUE(parsed) << c.text << ": " << parsed.error().text();
        EXPECT_EQ(parsed->count(), c.nanos) << c.text;
    }
}

TEST(ParseDuration, RefusesWhatGoRefuses) {
    struct Case {
        const char* text;
        ErrorCode code;
        const char* message;
    };
    const Case cases[] = {
        {"", ErrorCode::kInvalid, "invalid duration \"\""},
        {"-", ErrorCode::kInvalid, "invalid duration \"-\""},
        {"s", ErrorCode::kInvalid, "invalid duration \"s\""},
        {".", ErrorCode::kInvalid, "invalid duration \".\""},
        {".s", ErrorCode::kInvalid, "invalid duration \".s\""},
        {"--1s", ErrorCode::kInvalid, "invalid duration \"--1s\""},
        {" 1s", ErrorCode::kInvalid, "invalid duration \" 1s\""},
        {"1s ", ErrorCode::kInvalid, "unknown unit \"s \" in duration \"1s \""},
        {"1", ErrorCode::kInvalid, "missing unit in duration \"1\""},
        {"00", ErrorCode::kInvalid, "missing unit in duration \"00\""},
        {"1h30", ErrorCode::kInvalid, "missing unit in duration \"1h30\""},
        {"1.5.s", ErrorCode::kInvalid, "missing unit in duration \"1.5.s\""},
        {"1d", ErrorCode::kInvalid, "unknown unit \"d\" in duration \"1d\""},
        {"1e3s", ErrorCode::kInvalid, "unknown unit \"e\" in duration \"1e3s\""},
        {"1S", ErrorCode::kInvalid, "unknown unit \"S\" in duration \"1S\""},
        {"1h-5m", ErrorCode::kInvalid, "unknown unit \"h-\" in duration \"1h-5m\""},
        {"9223372036854775808ns", ErrorCode::kLimitExceeded,
         "duration \"9223372036854775808ns\" is beyond 292 years"},
        {"3000000h", ErrorCode::kLimitExceeded, "duration \"3000000h\" is beyond 292 years"},
        {"-3000000h", ErrorCode::kLimitExceeded, "duration \"-3000000h\" is beyond 292 years"},
        {"99999999999999999999s", ErrorCode::kLimitExceeded,
         "duration \"99999999999999999999s\" is beyond 292 years"},
        {"9223372036854775807ns1ns", ErrorCode::kLimitExceeded,
         "duration \"9223372036854775807ns1ns\" is beyond 292 years"},
        {"-9223372036854775808ns1ns", ErrorCode::kLimitExceeded,
         "duration \"-9223372036854775808ns1ns\" is beyond 292 years"},
    };
    for (const Case& c : cases) {
        const auto parsed = parse_duration(c.text);
        ASSERT_FALSE(parsed) << c.text;
        EXPECT_EQ(parsed.error().code, c.code) << c.text;
        EXPECT_EQ(parsed.error().message, c.message);
    }
}

TEST(FormatDuration, WritesWhatGoWritesAndReadsItBack) {
    struct Case {
        std::int64_t nanos;
        const char* text;
    };
    const Case cases[] = {
        {0, "0s"},
        {1, "1ns"},
        {-1, "-1ns"},
        {999, "999ns"},
        {1'000, "1\u00B5s"},
        {1'100, "1.1\u00B5s"},
        {-1'001, "-1.001\u00B5s"},
        {999'999, "999.999\u00B5s"},
        {kMilli, "1ms"},
        {2'200'000, "2.2ms"},
        {300 * kMilli, "300ms"},
        {999'999'999, "999.999999ms"},
        {kSecond, "1s"},
        {1'500 * kMilli, "1.5s"},
        {3'300'000'001, "3.300000001s"},
        {59 * kSecond + 999 * kMilli, "59.999s"},
        {kMinute, "1m0s"},
        {kMinute + 500 * kMilli, "1m0.5s"},
        {4 * kMinute + 5 * kSecond, "4m5s"},
        {10 * kMinute, "10m0s"},
        {kHour, "1h0m0s"},
        {kHour + 1, "1h0m0.000000001s"},
        {5 * kHour + 6 * kMinute + 7 * kSecond, "5h6m7s"},
        {-100 * kHour, "-100h0m0s"},
        {kMax, "2562047h47m16.854775807s"},
        {kMin, "-2562047h47m16.854775808s"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(format_duration(nanoseconds(c.nanos)), c.text);
        const auto again = parse_duration(c.text);
        ASSERT_TRUE(again) << c.text;
        EXPECT_EQ(again->count(), c.nanos) << c.text;
    }
}

}  // namespace
}  // namespace base
