// SPDX-License-Identifier: 0BSD
#include "rules/cel/time_parse.hpp"

#include <charconv>
#include <chrono>
#include <exception>
#include <string>

#include <date/tz.h>

namespace cel {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Two or four digits, all of them there.
bool digits(std::string_view text, std::size_t at, std::size_t count, int least, int most, int& number) {
    number = 0;
    for (std::size_t digit = at; digit < at + count; ++digit) {
        if (digit >= text.size() || !is_digit(text[digit])) {
            return false;
        }
        number = number * 10 + (text[digit] - '0');
    }
    return number >= least && number <= most;
}

bool letter(std::string_view text, std::size_t at, char wanted) {
    return at < text.size() && text[at] == wanted;
}

// Reads "Z" or "+hh:mm" to the end of the text, in seconds.
bool offset_at(std::string_view text, std::size_t at, std::int64_t& seconds) {
    seconds = 0;
    if (at + 1 == text.size()) {
        return text[at] == 'Z';
    }
    int hours = 0;
    int minutes = 0;
    if (at + 6 != text.size() || (text[at] != '+' && text[at] != '-') ||
        !digits(text, at + 1, 2, 0, 23, hours) || text[at + 3] != ':' ||
        !digits(text, at + 4, 2, 0, 59, minutes)) {
        return false;
    }
    seconds = (hours * 60 + minutes) * 60 * (text[at] == '-' ? -1 : 1);
    return true;
}

// "+hh:mm", "-h:m" or "hh:mm": hours up to 23, minutes up to 59.
std::optional<std::int64_t> fixed_offset(std::string_view zone, std::size_t colon) {
    const auto number = [](std::string_view text, std::int32_t most) -> std::optional<std::int64_t> {
        if (text.starts_with('+')) {
            text.remove_prefix(1);
        }
        std::int32_t value = 0;
        const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
        return status == std::errc() && end == text.data() + text.size() && value >= -most && value <= most
                   ? std::optional<std::int64_t>(value)
                   : std::nullopt;
    };
    const auto hours = number(zone.substr(0, colon), 23);
    const auto minutes = number(zone.substr(colon + 1), 59);
    if (!hours || !minutes || *minutes < 0) {
        return std::nullopt;
    }
    return (*hours * 60 + (zone.starts_with('-') ? -*minutes : *minutes)) * 60;
}

// The database's transitions end with 2037, the rules behind them do not. They name days by month and weekday, so a time behind
// has the offset of its like in an earlier year that begins, before or from the first of March, with the same weekday: ten
// years hold each weekday in either place, and the latest rules hold in all of them.
std::int64_t within_transitions(std::int64_t seconds) {
    constexpr std::int64_t kEnd = 2'145'916'800;  // 2038-01-01T00:00:00Z
    constexpr int kLastYear = 2037;
    if (seconds < kEnd) {
        return seconds;
    }
    const auto day =
        std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds{std::chrono::seconds(seconds)});
    const std::chrono::year_month_day date(day);
    const std::chrono::month month =
        date.month() < std::chrono::March ? std::chrono::January : std::chrono::March;
    const std::chrono::sys_days start(date.year() / month / 1);
    std::chrono::sys_days like = start;
    for (std::chrono::year year{kLastYear};
         like == start || std::chrono::weekday(like) != std::chrono::weekday(start); --year) {
        like = std::chrono::sys_days(year / month / 1);
    }
    return seconds - (start - like).count() * kDaySeconds;
}

// The database of zones is the system's; it is read once, when a name is first asked for.
std::optional<std::int64_t> named_offset(TimestampValue time, std::string_view zone) {
    try {
        const date::time_zone* found = date::locate_zone(std::string(zone));
        const date::sys_seconds at{std::chrono::seconds(within_transitions(time.seconds))};
        return found->get_info(at).offset.count();
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace

std::optional<TimestampValue> parse_timestamp(std::string_view text) {
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!digits(text, 0, 4, 0, 9999, year) || !letter(text, 4, '-') || !digits(text, 5, 2, 1, 12, month) ||
        !letter(text, 7, '-') || !digits(text, 8, 2, 1, 31, day) || !letter(text, 10, 'T') ||
        !digits(text, 11, 2, 0, 23, hour) || !letter(text, 13, ':') || !digits(text, 14, 2, 0, 59, minute) ||
        !letter(text, 16, ':') || !digits(text, 17, 2, 0, 59, second)) {
        return std::nullopt;
    }
    std::size_t at = 19;
    std::int32_t nanos = 0;
    if (letter(text, at, '.')) {
        const std::size_t first = ++at;
        for (std::int32_t unit = 100'000'000; at < text.size() && is_digit(text[at]); ++at, unit /= 10) {
            nanos += unit * (text[at] - '0');
        }
        if (at == first) {
            return std::nullopt;
        }
    }
    std::int64_t offset = 0;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (at >= text.size() || !offset_at(text, at, offset) || !date.ok()) {
        return std::nullopt;
    }
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return TimestampValue{days * kDaySeconds + hour * 3600 + minute * 60 + second - offset, nanos,
                          static_cast<std::int32_t>(offset / 60)};
}

LocalTime utc_time(TimestampValue time) {
    const std::chrono::sys_seconds at{std::chrono::seconds(time.seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const auto of_day = static_cast<int>((at - day).count());
    const auto year_start = std::chrono::sys_days(date.year() / std::chrono::January / 1);
    return {.year = static_cast<int>(date.year()),
            .month = static_cast<int>(static_cast<unsigned>(date.month())) - 1,
            .day = static_cast<int>(static_cast<unsigned>(date.day())) - 1,
            .day_of_year = static_cast<int>((day - year_start).count()),
            .day_of_week = static_cast<int>(std::chrono::weekday(day).c_encoding()),
            .hour = of_day / 3600,
            .minute = of_day / 60 % 60,
            .second = of_day % 60,
            .millisecond = time.nanos / 1'000'000};
}

std::optional<LocalTime> local_time(TimestampValue time, std::string_view zone) {
    if (zone.empty() || zone == "UTC" || zone == "Local") {
        return utc_time(time);
    }
    const std::size_t colon = zone.find(':');
    const std::optional<std::int64_t> offset =
        colon == std::string_view::npos ? named_offset(time, zone) : fixed_offset(zone, colon);
    if (!offset) {
        return std::nullopt;
    }
    return utc_time({time.seconds + *offset, time.nanos});
}

}  // namespace cel
