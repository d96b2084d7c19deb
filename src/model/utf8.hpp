// SPDX-License-Identifier: 0BSD
// UTF-8, as far as objects need it: reading and writing characters, and cutting texts without breaking one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace model {

// One character: its code point and its size in bytes.
struct Utf8Letter {
    char32_t code = 0;
    std::size_t size = 1;
    bool valid = true;
};

// The character that starts at byte `at`. What is no UTF-8 (overlong forms and surrogates too) is one invalid byte with the
// code of the replacement character.
Utf8Letter utf8_at(std::string_view text, std::size_t at);
bool is_utf8(std::string_view text);
// Appends the character with this code point, at most 0x10FFFF.
void append_utf8(std::string& out, char32_t code);
// The longest prefix of at most `bytes_max` bytes that ends between two characters.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max);

}  // namespace model
