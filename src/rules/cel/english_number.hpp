// SPDX-License-Identifier: 0BSD
// Doubles as English text: "1,234.50" and "1.052033×10⁰³", as the older string.format() shows them.
#pragma once

#include <string>

namespace cel {

// Groups of three digits before the point; "∞" and "NaN".
std::string english_fixed(double value, int digits);
// Six digits after the point and a power of ten in superscript; at least `width` characters, filled with spaces.
std::string english_scientific(double value, int width);

}  // namespace cel
