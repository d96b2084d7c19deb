// SPDX-License-Identifier: 0BSD
#include "model/number_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace model {
namespace {

// The shortest digits that read back to the number, and its decimal exponent: d.ddd × 10^exponent.
struct Decimal {
    bool negative = false;
    std::array<char, 32> digits{};
    int count = 0;
    int exponent = 0;
};

template <class Float>
Decimal shortest(Float number) {
    Decimal result;
    std::array<char, 64> text{};
    const auto written =
        std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::scientific);
    const char* at = text.data();
    if (*at == '-') {
        // Readers take "-0" for the integer 0; written as it reads, it stays the same text.
        result.negative = number != 0;
        ++at;
    }
    for (; at != written.ptr && *at != 'e'; ++at) {
        if (*at != '.') {
            result.digits[static_cast<std::size_t>(result.count++)] = *at;
        }
    }
    at += at[1] == '+' ? 2 : 1;
    std::from_chars(at, written.ptr, result.exponent);
    return result;
}

void append_exponent_form(std::string& out, const Decimal& number, std::size_t exponent_digits_min) {
    out.push_back(number.digits[0]);
    if (number.count > 1) {
        out.push_back('.');
        out.append(number.digits.data() + 1, static_cast<std::size_t>(number.count - 1));
    }
    out += number.exponent < 0 ? "e-" : "e+";
    const std::string exponent = std::to_string(std::abs(number.exponent));
    out.append(exponent.size() < exponent_digits_min ? exponent_digits_min - exponent.size() : 0, '0');
    out += exponent;
}

void append_plain_form(std::string& out, const Decimal& number) {
    if (number.exponent < 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-number.exponent - 1), '0');
        out.append(number.digits.data(), static_cast<std::size_t>(number.count));
        return;
    }
    for (int index = 0; index < number.count || index <= number.exponent; ++index) {
        if (index == number.exponent + 1) {
            out.push_back('.');
        }
        out.push_back(index < number.count ? number.digits[static_cast<std::size_t>(index)] : '0');
    }
}

template <class Float>
void append_short(std::string& out, Float number) {
    if (!std::isfinite(number)) {
        out += std::isnan(number) ? ".nan" : number < 0 ? "-.inf" : ".inf";
        return;
    }
    const Decimal decimal = shortest(number);
    if (decimal.negative) {
        out.push_back('-');
    }
    if (decimal.exponent < -4 || decimal.exponent >= 6) {
        append_exponent_form(out, decimal, 2);
    } else {
        append_plain_form(out, decimal);
    }
}

}  // namespace

void append_json_number(std::string& out, double number) {
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    const Decimal decimal = shortest(number);
    if (decimal.negative) {
        out.push_back('-');
    }
    const double size = std::fabs(number);
    if (size != 0 && (size < 1e-6 || size >= 1e21)) {
        append_exponent_form(out, decimal, 1);
    } else {
        append_plain_form(out, decimal);
    }
}

void append_short_number(std::string& out, double number) { append_short(out, number); }
void append_short_number(std::string& out, float number) { append_short(out, number); }

std::optional<std::int64_t> integer_in_json(double number) {
    constexpr double kLimit = 9223372036854775808.0;  // 2^63
    if (!(number > -kLimit && number < kLimit && std::trunc(number) == number)) {
        return std::nullopt;
    }
    constexpr double kExact = 9007199254740992.0;  // 2^53
    if (std::fabs(number) <= kExact) {
        return static_cast<std::int64_t>(number);
    }
    std::string text;
    append_json_number(text, number);
    std::int64_t whole = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), whole);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() ? std::optional(whole)
                                                                           : std::nullopt;
}

bool parse_decimal(std::string_view text, double& number) {
    const bool plus = text.starts_with('+');
    text.remove_prefix(plus ? 1 : 0);
    // What is left for from_chars to judge: a minus sign, and neither hex nor the words of infinity.
    const std::size_t first = !plus && text.starts_with('-') ? 1 : 0;
    if (first == text.size() || std::string_view("0123456789.").find(text[first]) == std::string_view::npos ||
        text.find_first_of("xX", first) != std::string_view::npos) {
        return false;
    }
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec == std::errc::result_out_of_range && read.ptr == text.data() + text.size()) {
        // from_chars does not say in which direction; strtod rounds what is too small to zero, as Go does.
        number = std::strtod(std::string(text).c_str(), nullptr);
        return std::isfinite(number);
    }
    return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

}  // namespace model
