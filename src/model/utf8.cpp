// SPDX-License-Identifier: 0BSD
#include "model/utf8.hpp"

namespace model {
namespace {

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80; }

}  // namespace

Utf8Letter utf8_at(std::string_view text, std::size_t at) {
    constexpr Utf8Letter kBroken{0xFFFD, 1, false};
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) {
        return {lead, 1, true};
    }
    if (lead < 0xC2 || lead > 0xF4) {
        return kBroken;
    }
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (at + size > text.size()) {
        return kBroken;
    }
    char32_t code = lead & (0xFFU >> (size + 1));
    for (std::size_t index = at + 1; index < at + size; ++index) {
        if (!continues(text[index])) {
            return kBroken;
        }
        code = (code << 6U) | (static_cast<unsigned char>(text[index]) & 0x3FU);
    }
    const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
    if (overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        return kBroken;
    }
    return {code, size, true};
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const Utf8Letter letter = utf8_at(text, at);
        if (!letter.valid) {
            return false;
        }
        at += letter.size;
    }
    return true;
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) {
        return text;
    }
    std::size_t end = bytes_max;
    while (end > 0 && continues(text[end])) {
        --end;
    }
    return text.substr(0, end);
}

void append_utf8(std::string& out, char32_t code) {
    const auto tail = [code](unsigned shift) { return static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
    if (code < 0x80) {
        out.push_back(static_cast<char>(code));
    } else if (code < 0x800) {
        out += {static_cast<char>(0xC0U | (code >> 6U)), tail(0)};
    } else if (code < 0x10000) {
        out += {static_cast<char>(0xE0U | (code >> 12U)), tail(6), tail(0)};
    } else {
        out += {static_cast<char>(0xF0U | (code >> 18U)), tail(12), tail(6), tail(0)};
    }
}

}  // namespace model
