// SPDX-License-Identifier: 0BSD
// Escapes what a reader would not see; other code points stay as they are.
#include "rules/cel/quoted.hpp"

#include <cstdint>

#include <fmt/format.h>
#include <re2/re2.h>

#include "rules/cel/code_points.hpp"

namespace cel {
namespace {

// The letter after the backslash, or 0 where the byte has no short escape.
char short_escape(char byte) {
    switch (byte) {
        case '\a': return 'a';
        case '\b': return 'b';
        case '\f': return 'f';
        case '\n': return 'n';
        case '\r': return 'r';
        case '\t': return 't';
        case '\v': return 'v';
        case '\\': return '\\';
        case '"': return '"';
        default: return 0;
    }
}

// The code point that `point`, of more than one byte, encodes.
std::uint32_t number_of(std::string_view point) {
    std::uint32_t number = static_cast<unsigned char>(point[0]) & (0x7FU >> point.size());
    for (const char c : point.substr(1)) {
        number = number << 6U | (static_cast<unsigned char>(c) & 0x3FU);
    }
    return number;
}

// Letters, marks, numbers, punctuation and symbols show; spaces, controls and unassigned code points do not.
bool is_printable(std::string_view point) {
    static const re2::RE2 printable("[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}]");
    return re2::RE2::FullMatch(re2::StringPiece(point.data(), point.size()), printable);
}

}  // namespace

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view point = text.substr(at, code_point_bytes(text, at));
        at += point.size();
        const auto byte = static_cast<unsigned char>(point[0]);
        if (point.size() > 1 && is_printable(point)) {
            result += point;
        } else if (point.size() > 1) {
            result += point.size() < 4 ? fmt::format("\\u{:04x}", number_of(point))
                                       : fmt::format("\\U{:08x}", number_of(point));
        } else if (const char letter = short_escape(point[0]); letter != 0) {
            result += '\\';
            result += letter;
        } else if (byte < 0x20 || byte >= 0x7F) {
            result += fmt::format("\\x{:02x}", byte);
        } else {
            result += point[0];
        }
    }
    result += '"';
    return result;
}

}  // namespace cel
