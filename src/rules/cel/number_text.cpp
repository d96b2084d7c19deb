// SPDX-License-Identifier: 0BSD
// std::to_chars gives exact digits; the layout around them is Go's.
#include "rules/cel/number_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

namespace cel {
namespace {

// Before the point a double has up to 309 digits; a sign, a point and an exponent fit besides.
constexpr std::size_t kDigitsBeforePointMax = 330;

std::string with_precision(double value, std::chars_format format, int digits) {
    std::string text(kDigitsBeforePointMax + static_cast<std::size_t>(digits), '\0');
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, format, digits).ptr;
    text.resize(static_cast<std::size_t>(end - text.data()));
    return text;
}

// The shortest decimal that reads back: its digits without a point, which stands after digit number `exponent` + 1.
struct Decimal {
    std::string digits;
    int exponent = 0;
};

Decimal shortest(double value) {
    char buffer[40];
    const char* end =
        std::to_chars(buffer, buffer + sizeof buffer, std::fabs(value), std::chars_format::scientific).ptr;
    const std::string_view written(buffer, static_cast<std::size_t>(end - buffer));
    const std::size_t mark = written.find('e');
    Decimal decimal{std::string(1, written[0])};
    if (mark > 2) {
        decimal.digits += written.substr(2, mark - 2);
    }
    const char* number = buffer + mark + (written[mark + 1] == '+' ? 2 : 1);
    std::from_chars(number, end, decimal.exponent);
    return decimal;
}

std::string not_finite_text(double value) {
    if (std::isnan(value)) {
        return "NaN";
    }
    return value > 0 ? "+Inf" : "-Inf";
}

}  // namespace

std::string plain_text(double value) {
    if (!std::isfinite(value)) {
        return not_finite_text(value);
    }
    const Decimal decimal = shortest(value);
    const std::string sign = std::signbit(value) ? "-" : "";
    if (decimal.exponent < 0) {
        return sign + "0." + std::string(static_cast<std::size_t>(-decimal.exponent - 1), '0') +
               decimal.digits;
    }
    const auto whole = static_cast<std::size_t>(decimal.exponent) + 1;
    if (decimal.digits.size() <= whole) {
        return sign + decimal.digits + std::string(whole - decimal.digits.size(), '0');
    }
    return sign + decimal.digits.substr(0, whole) + "." + decimal.digits.substr(whole);
}

std::string general_text(double value) {
    constexpr int kPlainExponentMin = -4;
    constexpr int kPlainExponentEnd =
        6;  // strconv takes this for the precision where it prints the fewest digits
    if (!std::isfinite(value)) {
        return not_finite_text(value);
    }
    const Decimal decimal = shortest(value);
    if (decimal.exponent >= kPlainExponentMin && decimal.exponent < kPlainExponentEnd) {
        return plain_text(value);
    }
    std::string text = std::signbit(value) ? "-" : "";
    text += decimal.digits[0];
    if (decimal.digits.size() > 1) {
        text += "." + decimal.digits.substr(1);
    }
    return text + fmt::format("e{}{:02}", decimal.exponent < 0 ? '-' : '+', std::abs(decimal.exponent));
}

std::string fixed_text(double value, int digits) {
    return with_precision(value, std::chars_format::fixed, digits);
}

std::string scientific_text(double value, int digits) {
    return with_precision(value, std::chars_format::scientific, digits);
}

}  // namespace cel
