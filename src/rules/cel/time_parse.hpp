// SPDX-License-Identifier: 0BSD
// Times from their texts, and within the zones of the world.
#pragma once

#include <optional>
#include <string_view>

#include "rules/cel/value.hpp"

namespace cel {

// RFC 3339, strictly, with any offset and any number of digits of fraction, of which nine count. nullopt: it is not that.
std::optional<TimestampValue> parse_timestamp(std::string_view text);

// A time of day and calendar date in some zone.
struct LocalTime {
    std::int64_t year = 0;
    int month = 0;        // 0: January
    int day = 0;          // 0: the first
    int day_of_year = 0;  // 0: the first of January
    int day_of_week = 0;  // 0: Sunday
    int hour = 0;
    int minute = 0;
    int second = 0;
    int millisecond = 0;
};

LocalTime utc_time(TimestampValue time);
// `zone`: a name of the IANA database ("Europe/Berlin", "UTC", ""), or an offset ("+01:00", "-08:30", "02:00"). nullopt: there is
// no such zone.
std::optional<LocalTime> local_time(TimestampValue time, std::string_view zone);

}  // namespace cel
