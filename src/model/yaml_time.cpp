// SPDX-License-Identifier: 0BSD
#include "model/yaml_time.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace model {
namespace {

// What is left of a text that is read from its front.
class Rest {
public:
    explicit Rest(std::string_view text) : text_(text) {}

    bool empty() const { return text_.empty(); }
    char front() const { return text_.empty() ? '\0' : text_.front(); }
    bool take(char letter) {
        const bool is_there = front() == letter && !text_.empty();
        text_.remove_prefix(is_there ? 1 : 0);
        return is_there;
    }
    // Up to `count_max` digits, maybe none.
    std::string_view digits(std::size_t count_max) {
        const std::size_t end = std::min(text_.find_first_not_of("0123456789"), text_.size());
        const std::string_view found = text_.substr(0, std::min(end, count_max));
        text_.remove_prefix(found.size());
        return found;
    }
    // One or two digits below `limit`.
    std::optional<unsigned> number(unsigned limit) {
        const std::string_view found = digits(2);
        unsigned value = 0;
        for (const char digit : found) {
            value = value * 10 + static_cast<unsigned>(digit - '0');
        }
        return found.empty() || value >= limit ? std::nullopt : std::optional(value);
    }

private:
    std::string_view text_;
};

// "Z" or "+02:00" at the end of the text.
std::optional<std::string> zone_text(Rest& rest) {
    if (rest.take('Z')) {
        return "Z";
    }
    const char sign = rest.front();
    if (!rest.take('+') && !rest.take('-')) {
        return std::nullopt;
    }
    const std::string_view hours = rest.digits(2);
    const bool has_colon = rest.take(':');
    const std::string_view minutes = rest.digits(2);
    if (hours.size() != 2 || !has_colon || minutes.size() != 2) {
        return std::nullopt;
    }
    return hours == "00" && minutes == "00" ? std::string("Z") : fmt::format("{}{}:{}", sign, hours, minutes);
}

// "21:59:43.1Z" and with or without a zone in it.
std::optional<std::string> time_of_day_text(Rest& rest, bool has_zone) {
    const auto hour = rest.number(24);
    const auto minute = rest.take(':') ? rest.number(60) : std::nullopt;
    const auto second = rest.take(':') ? rest.number(60) : std::nullopt;
    if (!hour || !minute || !second) {
        return std::nullopt;
    }
    std::string fraction;
    if (rest.take('.')) {
        const std::string_view digits = rest.digits(std::string_view::npos);
        if (digits.empty()) {
            return std::nullopt;
        }
        fraction = fmt::format(".{}", digits.substr(0, 9));
        fraction.resize(fraction.find_last_not_of("0.") + 1);
    }
    const auto zone = has_zone ? zone_text(rest) : std::optional<std::string>("Z");
    return zone
               ? std::optional(fmt::format("{:02}:{:02}:{:02}{}{}", *hour, *minute, *second, fraction, *zone))
               : std::nullopt;
}

}  // namespace

std::optional<std::string> rfc3339_text(std::string_view text) {
    Rest rest(text);
    const std::string_view year = rest.digits(4);
    if (year.size() != 4 || !rest.take('-')) {
        return std::nullopt;
    }
    const auto month = rest.number(13);
    const auto day = rest.take('-') ? rest.number(32) : std::nullopt;
    const int year_number =
        (year[0] - '0') * 1000 + (year[1] - '0') * 100 + (year[2] - '0') * 10 + (year[3] - '0');
    const std::chrono::year_month_day date{std::chrono::year(year_number),
                                           std::chrono::month(month.value_or(0)),
                                           std::chrono::day(day.value_or(0))};
    if (!date.ok()) {
        return std::nullopt;
    }
    std::string time = "00:00:00Z";
    if (!rest.empty()) {
        const bool has_zone = rest.front() != ' ';
        if (!rest.take(' ') && !rest.take('T') && !rest.take('t')) {
            return std::nullopt;
        }
        auto given = time_of_day_text(rest, has_zone);
        if (!given || !rest.empty()) {
            return std::nullopt;
        }
        time = *std::move(given);
    }
    return fmt::format("{}-{:02}-{:02}T{}", year, *month, *day, time);
}

}  // namespace model
