// SPDX-License-Identifier: 0BSD
// Escapes what a reader would not see; other code points stay as they are.
#include "rules/cel/quoted.hpp"

#include <fmt/format.h>

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

// Code points of two bytes that print nothing: U+0080 to U+00A0 and the soft hyphen.
bool is_unprintable_pair(std::string_view point) {
    if (static_cast<unsigned char>(point[0]) != 0xC2) {
        return false;
    }
    const auto second = static_cast<unsigned char>(point[1]);
    return second <= 0xA0 || second == 0xAD;
}

}  // namespace

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view point = text.substr(at, code_point_bytes(text, at));
        at += point.size();
        const auto byte = static_cast<unsigned char>(point[0]);
        if (point.size() == 2 && is_unprintable_pair(point)) {
            result += fmt::format("\\u00{:02x}", static_cast<unsigned char>(point[1]));
        } else if (point.size() > 1) {
            result += point;
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
