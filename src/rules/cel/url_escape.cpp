// SPDX-License-Identifier: 0BSD
// The tables of RFC 3986 as net/url applies them; bytes beyond ASCII are always escaped.
#include "rules/cel/url_escape.hpp"

#include <fmt/format.h>

#include "rules/cel/quoted.hpp"

namespace cel {
namespace {

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

// Besides the unreserved characters.
std::string_view allowed(UrlPart part) {
    switch (part) {
        case UrlPart::kPath: return "$&+,/:;=@";
        case UrlPart::kHost:
        case UrlPart::kZone: return "!\"$&'()*+,:;<=>[]";
        case UrlPart::kUser: return "$&+,;=";
        case UrlPart::kQuery: return "";
        case UrlPart::kFragment: return "!$&()*+,/:;=?@";
    }
    return "";
}

bool must_escape(char c, UrlPart part) {
    return !is_unreserved(c) && (c == '\0' || !allowed(part).contains(c));
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool is_escape(std::string_view text) {
    return text.size() >= 3 && hex_digit(text[1]) >= 0 && hex_digit(text[2]) >= 0;
}

char escaped_byte(std::string_view escape) {
    return static_cast<char>(hex_digit(escape[1]) * 16 + hex_digit(escape[2]));
}

std::unexpected<std::string> bad_escape(std::string_view text) {
    return std::unexpected(fmt::format("invalid URL escape {}", quoted(text.substr(0, 3))));
}

// A host's escapes stand for bytes beyond ASCII, or for the percent sign before a zone; a zone's for what a host may hold.
bool is_allowed_escape(std::string_view escape, UrlPart part) {
    if (escape.starts_with("%25")) {
        return true;
    }
    if (part == UrlPart::kHost) {
        return hex_digit(escape[1]) >= 8;
    }
    const char byte = escaped_byte(escape);
    return part != UrlPart::kZone || byte == ' ' || !must_escape(byte, UrlPart::kHost);
}

}  // namespace

bool is_validly_escaped(std::string_view text, UrlPart part) {
    constexpr std::string_view kFine = "!$&'()*+,;=:@[]%";
    for (const char c : text) {
        if (!kFine.contains(c) && must_escape(c, part)) {
            return false;
        }
    }
    return true;
}

std::string escape_url(std::string_view text, UrlPart part) {
    std::string result;
    for (const char c : text) {
        if (c == ' ' && part == UrlPart::kQuery) {
            result += '+';
        } else if (must_escape(c, part)) {
            result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        } else {
            result += c;
        }
    }
    return result;
}

std::expected<std::string, std::string> unescape_url(std::string_view text, UrlPart part) {
    const bool host = part == UrlPart::kHost || part == UrlPart::kZone;
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '%') {
            const std::string_view escape = text.substr(i, 3);
            if (!is_escape(escape) || !is_allowed_escape(escape, part)) {
                return bad_escape(escape);
            }
            result += escaped_byte(escape);
            i += 2;
        } else if (host && static_cast<unsigned char>(c) < 0x80 && must_escape(c, part)) {
            return std::unexpected(
                fmt::format("invalid character {} in host name", quoted(text.substr(i, 1))));
        } else {
            result += c == '+' && part == UrlPart::kQuery ? ' ' : c;
        }
    }
    return result;
}

}  // namespace cel
