// SPDX-License-Identifier: 0BSD
#include <cstdint>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "base/time.hpp"

namespace base {

namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

// "2026-06-15T09:21:04", and the nanoseconds that it leaves out.
std::pair<std::string, std::int64_t> split_seconds(WallTime time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const auto days = std::chrono::floor<std::chrono::days>(seconds);
    const std::chrono::year_month_day date(days);
    const std::chrono::hh_mm_ss of_day(seconds - days);
    return {fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                        of_day.hours().count(), of_day.minutes().count(), of_day.seconds().count()),
            (time - seconds).count()};
}

// Reads the parts of one time text from left to right; a part that does not fit leaves `ok` false for good.
struct Reader {
    std::string_view rest;
    bool ok = true;

    // `digits` decimal digits within [low, high].
    int number(std::size_t digits, int low, int high) {
        int value = 0;
        if (rest.size() < digits) {
            ok = false;
            return 0;
        }
        for (const char c : rest.substr(0, digits)) {
            ok = ok && c >= '0' && c <= '9';
            value = value * 10 + (c - '0');
        }
        rest.remove_prefix(digits);
        ok = ok && value >= low && value <= high;
        return value;
    }

    bool next_is(char c) const { return !rest.empty() && rest.front() == c; }

    void expect(char c) {
        ok = ok && next_is(c);
        rest.remove_prefix(rest.empty() ? 0 : 1);
    }

    // Nanoseconds of an optional ".123".
    std::int64_t fraction() {
        if (!next_is('.')) {
            return 0;
        }
        rest.remove_prefix(1);
        std::int64_t value = 0;
        std::int64_t unit = kNanosPerSecond;
        for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1)) {
            unit /= 10;
            value += (rest.front() - '0') * unit;
            ok = ok && unit > 0;
        }
        ok = ok && unit < kNanosPerSecond;
        return value;
    }

    // "Z" or "+02:00".
    std::chrono::minutes offset() {
        if (next_is('Z')) {
            rest.remove_prefix(1);
            return std::chrono::minutes(0);
        }
        const bool west = next_is('-');
        ok = ok && (west || next_is('+'));
        rest.remove_prefix(rest.empty() ? 0 : 1);
        const int hours = number(2, 0, 23);
        expect(':');
        const auto minutes = std::chrono::minutes(hours * 60 + number(2, 0, 59));
        return west ? -minutes : minutes;
    }
};

std::optional<WallTime> read(std::string_view text) {
    Reader reader{text};
    const int year = reader.number(4, 0, 9999);
    reader.expect('-');
    const int month = reader.number(2, 1, 12);
    reader.expect('-');
    const int day = reader.number(2, 1, 31);
    reader.expect('T');
    const int hour = reader.number(2, 0, 23);
    reader.expect(':');
    const int minute = reader.number(2, 0, 59);
    reader.expect(':');
    const int second = reader.number(2, 0, 59);
    const std::int64_t nanos = reader.fraction();
    const std::chrono::minutes offset = reader.offset();
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!reader.ok || !reader.rest.empty() || !date.ok()) {
        return std::nullopt;
    }
    const auto seconds = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                         std::chrono::minutes(minute) + std::chrono::seconds(second) - offset;
    // 64 bits of nanoseconds end in the years 1677 and 2262.
    constexpr std::int64_t kSecondsMax = std::numeric_limits<std::int64_t>::max() / kNanosPerSecond - 1;
    const std::int64_t count = seconds.time_since_epoch().count();
    if (count > kSecondsMax || count < -kSecondsMax) {
        return std::nullopt;
    }
    return WallTime(std::chrono::nanoseconds(count * kNanosPerSecond + nanos));
}

}  // namespace

std::string format_rfc3339(WallTime time) { return split_seconds(time).first + "Z"; }

std::string format_rfc3339_micro(WallTime time) {
    const auto [seconds, nanos] = split_seconds(time);
    return fmt::format("{}.{:06}Z", seconds, nanos / 1000);
}

std::string format_rfc3339_nano(WallTime time) {
    const auto [seconds, nanos] = split_seconds(time);
    return fmt::format("{}.{:09}Z", seconds, nanos);
}

Result<WallTime> parse_rfc3339(std::string_view text) {
    if (const auto time = read(text)) {
        return *time;
    }
    // The text may be long or hostile; a time has at most 35 characters.
    constexpr std::size_t kShownMax = 64;
    return Error{ErrorCode::kInvalid,
                 fmt::format("\"{}\" is not a time in RFC 3339 form", text.substr(0, kShownMax))};
}

}  // namespace base
