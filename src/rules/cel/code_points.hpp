// SPDX-License-Identifier: 0BSD
// Positions in UTF-8 text counted in code points, as the language counts; a byte that is no UTF-8 counts as one.
#pragma once

#include <cstddef>
#include <string_view>

namespace cel {

// The bytes of the code point that starts at `text[at]`; `at` < text.size().
std::size_t code_point_bytes(std::string_view text, std::size_t at);
// How many code points `text` has.
std::size_t code_point_count(std::string_view text);
// The byte at which code point `index` starts; text.size() where there are no more than `index`.
std::size_t code_point_offset(std::string_view text, std::size_t index);

}  // namespace cel
