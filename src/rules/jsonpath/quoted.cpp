// SPDX-License-Identifier: 0BSD
#include "rules/jsonpath/quoted.hpp"

#include <charconv>

#include "model/utf8.hpp"

namespace jsonpath {
namespace {

// Exactly `digits` digits at `at`, which then stands behind them.
std::optional<std::uint32_t> read_number(std::string_view text, std::size_t& at, std::size_t digits,
                                         int base) {
    const std::string_view part = text.substr(at, digits);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number, base);
    if (part.size() != digits || error != std::errc() || end != part.data() + digits) {
        return std::nullopt;
    }
    at += digits;
    return number;
}

// The escape whose letter is at `at`, which then stands behind it.
bool append_escape(std::string& out, std::string_view text, std::size_t& at, char quote) {
    constexpr std::string_view kLetters = "abfnrtv\\";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\";
    const char letter = text[at];
    if (const std::size_t index = kLetters.find(letter); index != std::string_view::npos) {
        out.push_back(kMeanings[index]);
        ++at;
        return true;
    }
    if (letter == '"' || letter == '\'') {
        out.push_back(letter);
        ++at;
        return letter == quote;
    }
    if (letter >= '0' && letter <= '7') {
        const auto byte = read_number(text, at, 3, 8);
        out.push_back(static_cast<char>(byte.value_or(0)));
        return byte && *byte <= 0xFF;
    }
    if (letter != 'x' && letter != 'u' && letter != 'U') {
        return false;
    }
    ++at;
    const auto code = read_number(text, at, letter == 'x' ? 2 : letter == 'u' ? 4 : 8, 16);
    if (!code) {
        return false;
    }
    if (letter == 'x') {
        out.push_back(static_cast<char>(*code));
        return true;
    }
    if (*code > 0x10FFFF || (*code >= 0xD800 && *code <= 0xDFFF)) {
        return false;
    }
    model::append_utf8(out, *code);
    return true;
}

}  // namespace

std::optional<std::string> unquote(std::string_view quoted) {
    if (quoted.size() < 2 || quoted.front() != quoted.back()) {
        return std::nullopt;
    }
    const char quote = quoted.front();
    const std::string_view text = quoted.substr(1, quoted.size() - 2);
    if (!text.contains('\\') && !text.contains(quote)) {
        return std::string(text);
    }
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == quote) {
            return std::nullopt;
        }
        if (text[at] != '\\') {
            const model::Utf8Letter letter = model::utf8_at(text, at);
            out += letter.valid ? text.substr(at, letter.size) : "\uFFFD";
            at += letter.size;
        } else if (++at == text.size() || !append_escape(out, text, at, quote)) {
            return std::nullopt;
        }
    }
    return out;
}

}  // namespace jsonpath
