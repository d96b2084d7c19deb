// SPDX-License-Identifier: 0BSD
// Steps through UTF-8 by its lead bytes and checks only what it must to stay within the text.
#include "rules/cel/code_points.hpp"

namespace cel {
namespace {

bool continues(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

std::size_t announced_bytes(unsigned char lead) {
    if (lead >= 0xC2 && lead <= 0xDF) {
        return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        return 3;
    }
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 1;
}

}  // namespace

std::size_t code_point_bytes(std::string_view text, std::size_t at) {
    const std::size_t bytes = announced_bytes(static_cast<unsigned char>(text[at]));
    if (at + bytes > text.size()) {
        return 1;
    }
    for (std::size_t i = 1; i < bytes; ++i) {
        if (!continues(static_cast<unsigned char>(text[at + i]))) {
            return 1;
        }
    }
    return bytes;
}

std::size_t code_point_count(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); at += code_point_bytes(text, at)) {
        ++count;
    }
    return count;
}

std::size_t code_point_offset(std::string_view text, std::size_t index) {
    std::size_t at = 0;
    for (; index > 0 && at < text.size(); --index) {
        at += code_point_bytes(text, at);
    }
    return at;
}

}  // namespace cel
