// SPDX-License-Identifier: 0BSD
#include "rules/cel/literal.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "model/utf8.hpp"

namespace cel {
namespace {

base::Error invalid(std::string what) {
    return {.code = base::ErrorCode::kInvalid, .message = std::move(what)};
}

// The digits of an integer, with "0x" or without; false beyond 64 bits.
bool read_whole(std::string_view text, std::uint64_t& number) {
    int radix = 10;
    if (text.starts_with("0x")) {
        text.remove_prefix(2);
        radix = 16;
    }
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number, radix);
    return status == std::errc() && end == text.data() + text.size();
}

base::Result<Value> int_literal(std::string_view text, bool negative) {
    std::uint64_t number = 0;
    const std::uint64_t most = negative ? 0x8000000000000000ULL : 0x7fffffffffffffffULL;
    if (!read_whole(text, number) || number > most) {
        return invalid("invalid int literal");
    }
    return Value::integer(static_cast<std::int64_t>(negative ? 0 - number : number));
}

base::Result<Value> uint_literal(std::string_view text, bool negative) {
    text.remove_suffix(1);
    std::uint64_t number = 0;
    if (negative || !read_whole(text, number)) {
        return invalid("invalid uint literal");
    }
    return Value::unsigned_integer(number);
}

base::Result<Value> double_literal(std::string_view text, bool negative) {
    double number = 0;
    const std::string digits = text.starts_with('.') ? "0" + std::string(text) : std::string(text);
    const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (status == std::errc::result_out_of_range && std::abs(std::strtod(digits.c_str(), nullptr)) < 1) {
        number = std::strtod(digits.c_str(), nullptr);  // too small: a denormal or zero
    } else if (status != std::errc() || end != digits.data() + digits.size()) {
        return invalid("invalid double literal");
    }
    return Value::real(negative ? -number : number);
}

int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

char simple_escape(char c) {
    constexpr std::string_view kNames = "abfnrtv\\'\"`?";
    constexpr std::string_view kLetters = "\a\b\f\n\r\t\v\\'\"`?";
    const std::size_t at = kNames.find(c);
    return at == std::string_view::npos ? '\0' : kLetters[at];
}

// Reads the escape whose letter stands at `at`; moves `at` behind it.
bool unescape_one(std::string_view text, std::size_t& at, bool bytes, std::string& out) {
    const char c = text[at++];
    if (const char letter = simple_escape(c); letter != '\0') {
        out += letter;
        return true;
    }
    std::uint32_t code = 0;
    std::size_t digits = 0;
    if (c >= '0' && c <= '3') {
        --at;
        for (const std::size_t end = at + 3; at < end; ++at) {
            if (at >= text.size() || text[at] < '0' || text[at] > '7') {
                return false;
            }
            code = code * 8 + static_cast<std::uint32_t>(text[at] - '0');
        }
    } else {
        digits = c == 'x' || c == 'X' ? 2 : bytes ? 0 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
        if (digits == 0 || text.size() - at < digits) {
            return false;
        }
        for (const std::size_t end = at + digits; at < end; ++at) {
            const int digit = hex_digit(text[at]);
            if (digit < 0) {
                return false;
            }
            code = code * 16 + static_cast<std::uint32_t>(digit);
        }
    }
    if (bytes) {
        out += static_cast<char>(code);
        return true;
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        return false;
    }
    model::append_utf8(out, code);
    return true;
}

base::Result<std::string> unquote(std::string_view text) {
    bool raw = false;
    bool bytes = false;
    for (; text.front() != '"' && text.front() != '\''; text.remove_prefix(1)) {
        raw = raw || text.front() == 'r' || text.front() == 'R';
        bytes = bytes || text.front() == 'b' || text.front() == 'B';
    }
    const std::size_t quotes = text.size() >= 6 && text[1] == text[0] && text[2] == text[0] ? 3 : 1;
    text = text.substr(quotes, text.size() - 2 * quotes);
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at++];
        if (c == '\r') {
            out += '\n';
            at += at < text.size() && text[at] == '\n' ? 1 : 0;
        } else if (c != '\\' || raw) {
            out += c;
        } else if (at >= text.size() || !unescape_one(text, at, bytes, out)) {
            return invalid("Syntax error: the string has a malformed escape");
        }
    }
    if (!bytes && !model::is_utf8(out)) {
        return invalid("Syntax error: the string is not UTF-8");
    }
    return out;
}

}  // namespace

base::Result<Value> literal(const Token& token, bool negative) {
    if (token.kind == TokenKind::kInt) {
        return int_literal(token.text, negative);
    }
    if (token.kind == TokenKind::kUint) {
        return uint_literal(token.text, negative);
    }
    if (token.kind == TokenKind::kDouble) {
        return double_literal(token.text, negative);
    }
    if (token.kind == TokenKind::kTrue || token.kind == TokenKind::kFalse) {
        return Value::boolean(token.kind == TokenKind::kTrue);
    }
    if (token.kind == TokenKind::kNull) {
        return Value();
    }
    auto text = unquote(token.text);
    if (!text) {
        return text.error();
    }
    return token.kind == TokenKind::kBytes ? Value::bytes(std::move(*text)) : Value::string(std::move(*text));
}

}  // namespace cel
