// SPDX-License-Identifier: 0BSD
// The formats of OpenAPI that Kubernetes knows: uri, uuid, byte, date and datetime.
#include <algorithm>
#include <chrono>

#include "rules/cel/code_points.hpp"
#include "rules/cel/format_check.hpp"
#include "rules/cel/url.hpp"

namespace cel::format_check {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_base64_character(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
}

// The number of a text that is all digits.
int number(std::string_view digits) {
    int value = 0;
    for (const char digit : digits) {
        value = value * 10 + (digit - '0');
    }
    return value;
}

// Whether `text` has digits where `shape` has "0", and else what `shape` has.
bool has_shape(std::string_view text, std::string_view shape) {
    return std::ranges::equal(text, shape,
                              [](char c, char wanted) { return wanted == '0' ? is_digit(c) : c == wanted; });
}

bool is_date(std::string_view text) {
    if (!has_shape(text, "0000-00-00")) {
        return false;
    }
    const std::chrono::year_month_day date(
        std::chrono::year(number(text.substr(0, 4))),
        std::chrono::month(static_cast<unsigned>(number(text.substr(5, 2)))),
        std::chrono::day(static_cast<unsigned>(number(text.substr(8, 2)))));
    return date.ok();
}

// "z" or "+01:00".
bool is_zone(std::string_view text) {
    return text == "z" || has_shape(text, "+00:00") || has_shape(text, "-00:00");
}

// What follows the seconds: any one character and digits, if anything, and a zone.
bool is_fraction_and_zone(std::string_view text) {
    if (is_zone(text)) {
        return true;
    }
    if (text.empty() || text[0] == '\n') {
        return false;
    }
    text.remove_prefix(code_point_bytes(text, 0));
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    return digits > 0 && is_zone(text.substr(digits));
}

bool is_clock(std::string_view text) {
    return has_shape(text.substr(0, 8), "00:00:00") && number(text.substr(0, 2)) <= 23 &&
           number(text.substr(3, 2)) <= 59 && number(text.substr(6, 2)) <= 59 &&
           is_fraction_and_zone(text.substr(8));
}

// As the original, what follows a second "t" is not looked at.
bool is_date_and_time(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const std::string_view all = lower;
    const std::size_t first = all.find('t');
    if (first == std::string_view::npos || !is_date(all.substr(0, first))) {
        return false;
    }
    const std::string_view rest = all.substr(first + 1);
    return is_clock(rest.substr(0, rest.find('t')));
}

// Five groups of hexadecimal digits; each dash between them may be left out.
bool is_uuid(std::string_view text) {
    for (const std::size_t length : {8U, 4U, 4U, 4U, 12U}) {
        if (length != 8 && text.starts_with('-')) {
            text.remove_prefix(1);
        }
        if (text.size() < length || !std::ranges::all_of(text.substr(0, length), is_hex_digit)) {
            return false;
        }
        text.remove_prefix(length);
    }
    return text.empty();
}

bool is_base64(std::string_view text) {
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    return !text.empty() && text.size() % 4 == 0 &&
           std::ranges::all_of(text.substr(0, text.size() - padding), is_base64_character);
}

Complaints unless(bool right, std::string_view complaint) {
    return right ? Complaints{} : Complaints{std::string(complaint)};
}

}  // namespace

Complaints uri(std::string_view text) {
    const auto checked = Url::check(text);
    return checked ? Complaints{} : Complaints{checked.error().message};
}

Complaints uuid(std::string_view text) { return unless(is_uuid(text), "does not match the UUID format"); }

Complaints byte(std::string_view text) { return unless(is_base64(text), "invalid base64"); }

Complaints date(std::string_view text) { return unless(is_date(text), "invalid date"); }

Complaints datetime(std::string_view text) { return unless(is_date_and_time(text), "invalid datetime"); }

}  // namespace cel::format_check
