// SPDX-License-Identifier: 0BSD
// Letters as the original's language sees them: which may stand in a name, and their upper and lower case.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace envsubst {

// The size in bytes of the character at `at` when a name may hold it (letters, digits, underscore), else 0.
std::size_t name_letter_at(std::string_view text, std::size_t at);

enum class Case { kUpper, kLower };

// Each character, or only the first, in the other case where one character has one. Bytes that are no UTF-8 become U+FFFD.
std::string change_case(std::string_view text, Case to);
std::string change_first(std::string_view text, Case to);

}  // namespace envsubst
