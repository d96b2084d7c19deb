// SPDX-License-Identifier: 0BSD
// Reads "%", an optional precision and a letter; nothing else is a clause.
#include "rules/cel/format_clause.hpp"

#include <charconv>

#include <fmt/format.h>

namespace cel {
namespace {

constexpr std::string_view kVerbs = "sdfebxXo";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A byte as the code point of that number, so that messages stay UTF-8.
std::string code_point_of(char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
        return std::string(1, c);
    }
    return {static_cast<char>(0xC0U | byte >> 6U), static_cast<char>(0x80U | (byte & 0x3FU))};
}

std::unexpected<std::string> clause_problem(std::string_view what) {
    return std::unexpected(fmt::format("could not parse formatting clause: {}", what));
}

// The digits after the point of "%.3f"; `at` moves behind them.
std::expected<int, std::string> read_precision(std::string_view format, std::size_t& at, int precision_max) {
    const std::size_t begin = ++at;
    while (at < format.size() && is_digit(format[at])) {
        ++at;
    }
    if (at == format.size()) {
        return clause_problem("error while parsing precision: could not find end of precision specifier");
    }
    int precision = 0;
    const auto [end, code] = std::from_chars(format.data() + begin, format.data() + at, precision);
    if (code != std::errc{} || begin == at) {
        return clause_problem(
            fmt::format("error while parsing precision: error while converting precision to integer: \"{}\"",
                        format.substr(begin, at - begin)));
    }
    if (precision > precision_max) {
        return clause_problem(
            fmt::format("error while parsing precision: precision {} exceeds maximum allowed precision {}",
                        precision, precision_max));
    }
    return precision;
}

}  // namespace

bool begins_clause(std::string_view format) { return format.starts_with('%') && !format.starts_with("%%"); }

std::expected<FormatPart, std::string> read_format_part(std::string_view format, int precision_max) {
    if (format.starts_with("%%")) {
        return FormatPart{.text = format.substr(0, 1), .bytes = 2};
    }
    if (format[0] != '%') {
        const std::string_view text = format.substr(0, format.find('%'));
        return FormatPart{.text = text, .bytes = text.size()};
    }
    if (format.size() == 1) {
        return std::unexpected("unexpected end of string");
    }
    FormatPart part;
    std::size_t at = 1;
    if (format[at] == '.') {
        const auto precision = read_precision(format, at, precision_max);
        if (!precision) {
            return std::unexpected(precision.error());
        }
        part.precision = *precision;
    }
    part.verb = format[at];
    part.bytes = at + 1;
    if (!kVerbs.contains(part.verb)) {
        return clause_problem(fmt::format("unrecognized formatting clause \"{}\"", code_point_of(part.verb)));
    }
    return part;
}

std::string clause_error(char verb, std::string_view type_name, bool english) {
    std::string_view accepts;
    switch (verb) {
        case 's':
            accepts =
                "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, "
                "durations, and timestamps";
            break;
        case 'd':
            accepts = english ? "decimal clause can only be used on integers"
                              : "decimal clause can only be used on ints, uints, and doubles";
            break;
        case 'f':
            accepts = english ? "fixed-point clause can only be used on doubles"
                              : "fixed-point clause can only be used on ints, uints, and doubles";
            break;
        case 'e':
            accepts = english ? "scientific clause can only be used on doubles"
                              : "scientific clause can only be used on ints, uints, and doubles";
            break;
        case 'b':
            accepts = english ? "only integers and bools can be formatted as binary"
                              : "only ints, uints, and bools can be formatted as binary";
            break;
        case 'o':
            accepts = english ? "octal clause can only be used on integers"
                              : "octal clause can only be used on ints and uints";
            break;
        default:
            accepts = english ? "only integers, byte buffers, and strings can be formatted as hex"
                              : "only ints, uints, bytes, and strings can be formatted as hex";
            break;
    }
    return fmt::format("error during formatting: {}, was given {}", accepts, type_name);
}

}  // namespace cel
