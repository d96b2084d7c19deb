// SPDX-License-Identifier: 0BSD
#include "base/duration.hpp"

#include <cstdint>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace base {

namespace {

// The size of the most negative duration; one more than the largest positive one.
constexpr std::uint64_t kMagnitudeMax = std::uint64_t{1} << 63U;

Error malformed(std::string_view text, std::string_view why) {
    return Error{ErrorCode::kInvalid, fmt::format("{} duration \"{}\"", why, text)};
}

Error too_large(std::string_view text) {
    return Error{ErrorCode::kLimitExceeded, fmt::format("duration \"{}\" is beyond 292 years", text)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Nanoseconds in a unit.
std::optional<std::uint64_t> unit_size(std::string_view unit) {
    constexpr std::pair<std::string_view, std::uint64_t> kUnits[] = {
        {"ns", 1},          {"us", 1'000},        {"\u00B5s", 1'000},  // micro sign
        {"\u03BCs", 1'000},                                            // Greek mu
        {"ms", 1'000'000},  {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000},
    };
    for (const auto& [name, size] : kUnits) {
        if (name == unit) {
            return size;
        }
    }
    return std::nullopt;
}

// "12.75": `whole` and the fraction as `part` / `scale`.
struct Number {
    std::uint64_t whole = 0;
    std::uint64_t part = 0;
    double scale = 1;
    bool overflow = false;
    bool empty = true;
};

// value × 10 + digit, or nullopt beyond what a duration can hold.
std::optional<std::uint64_t> appended(std::uint64_t value, char digit) {
    const auto unit = static_cast<std::uint64_t>(digit - '0');
    if (value > (kMagnitudeMax - unit) / 10) {
        return std::nullopt;
    }
    return value * 10 + unit;
}

// Takes a number off the front of `rest`. Digits of a fraction that no longer fit are dropped, as Go does.
Number take_number(std::string_view& rest) {
    Number number;
    for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1)) {
        number.empty = false;
        const auto longer = appended(number.whole, rest.front());
        number.overflow = number.overflow || !longer;
        number.whole = longer.value_or(number.whole);
    }
    if (rest.empty() || rest.front() != '.') {
        return number;
    }
    rest.remove_prefix(1);
    bool full = false;
    for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1)) {
        number.empty = false;
        const auto longer = appended(number.part, rest.front());
        full = full || !longer;
        if (!full) {
            number.part = *longer;
            number.scale *= 10;
        }
    }
    return number;
}

// Nanoseconds of `number` units of `size`, or nullopt when they do not fit.
std::optional<std::uint64_t> magnitude(const Number& number, std::uint64_t size) {
    if (number.overflow || number.whole > kMagnitudeMax / size) {
        return std::nullopt;
    }
    std::uint64_t value = number.whole * size;
    if (number.part > 0) {
        value += static_cast<std::uint64_t>(static_cast<double>(number.part) *
                                            (static_cast<double>(size) / number.scale));
    }
    if (value > kMagnitudeMax) {
        return std::nullopt;
    }
    return value;
}

// `value` / 10^digits without trailing zeros: 1500 with 3 digits is "1.5".
std::string decimal(std::uint64_t value, unsigned digits) {
    std::uint64_t scale = 1;
    for (unsigned i = 0; i < digits; ++i) {
        scale *= 10;
    }
    std::string result = fmt::format("{}", value / scale);
    std::string fraction = fmt::format("{:0{}}", value % scale, digits);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    if (!fraction.empty()) {
        result += "." + fraction;
    }
    return result;
}

}  // namespace

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    std::string_view rest = text;
    bool negative = false;
    if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) {
        negative = rest.front() == '-';
        rest.remove_prefix(1);
    }
    if (rest == "0") {
        return std::chrono::nanoseconds(0);
    }
    if (rest.empty()) {
        return malformed(text, "invalid");
    }
    std::uint64_t total = 0;
    while (!rest.empty()) {
        const Number number = take_number(rest);
        if (number.empty) {
            return malformed(text, "invalid");
        }
        std::size_t length = 0;
        while (length < rest.size() && rest[length] != '.' && !is_digit(rest[length])) {
            ++length;
        }
        if (length == 0) {
            return malformed(text, "missing unit in");
        }
        const auto size = unit_size(rest.substr(0, length));
        if (!size) {
            return malformed(text, fmt::format("unknown unit \"{}\" in", rest.substr(0, length)));
        }
        rest.remove_prefix(length);
        const auto value = magnitude(number, *size);
        if (!value || *value > kMagnitudeMax - total) {
            return too_large(text);
        }
        total += *value;
    }
    if (negative) {
        return std::chrono::nanoseconds(static_cast<std::int64_t>(std::uint64_t{0} - total));
    }
    if (total == kMagnitudeMax) {
        return too_large(text);
    }
    return std::chrono::nanoseconds(static_cast<std::int64_t>(total));
}

std::string format_duration(std::chrono::nanoseconds duration) {
    if (duration.count() == 0) {
        return "0s";
    }
    const bool negative = duration.count() < 0;
    const auto bits = static_cast<std::uint64_t>(duration.count());
    const std::uint64_t value = negative ? std::uint64_t{0} - bits : bits;
    const std::string sign = negative ? "-" : "";
    if (value < 1'000) {
        return sign + fmt::format("{}ns", value);
    }
    if (value < 1'000'000) {
        return sign + decimal(value, 3) + "\u00B5s";
    }
    if (value < 1'000'000'000) {
        return sign + decimal(value, 6) + "ms";
    }
    constexpr std::uint64_t kMinute = 60'000'000'000;
    const std::uint64_t minutes = value / kMinute;
    std::string result = sign;
    if (minutes >= 60) {
        result += fmt::format("{}h", minutes / 60);
    }
    if (minutes > 0) {
        result += fmt::format("{}m", minutes % 60);
    }
    return result + decimal(value % kMinute, 9) + "s";
}

}  // namespace base
