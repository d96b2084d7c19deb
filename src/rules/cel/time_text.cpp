// SPDX-License-Identifier: 0BSD
// std::chrono's calendar covers years 1 to 9999, which is all that a timestamp holds.
#include "rules/cel/time_text.hpp"

#include <chrono>
#include <cstdlib>

#include <fmt/format.h>

#include "rules/cel/number_text.hpp"

namespace cel {

std::string duration_text(DurationValue duration) {
    return plain_text(static_cast<double>(duration.seconds) + static_cast<double>(duration.nanos) / 1e9) +
           "s";
}

std::string timestamp_text(TimestampValue timestamp) {
    const std::chrono::sys_seconds time{std::chrono::seconds(timestamp.seconds) +
                                        std::chrono::minutes(timestamp.offset_minutes)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                   clock.hours().count(), clock.minutes().count(), clock.seconds().count());
    if (timestamp.nanos != 0) {
        std::string fraction = fmt::format("{:09}", timestamp.nanos);
        fraction.erase(fraction.find_last_not_of('0') + 1);
        text += "." + fraction;
    }
    if (timestamp.offset_minutes == 0) {
        return text + "Z";
    }
    const int minutes = std::abs(timestamp.offset_minutes);
    return text +
           fmt::format("{}{:02}:{:02}", timestamp.offset_minutes < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace cel
