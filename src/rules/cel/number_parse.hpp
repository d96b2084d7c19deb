// SPDX-License-Identifier: 0BSD
// Floating-point numbers from their texts, as Go's strconv reads them.
#pragma once

#include <optional>
#include <string_view>

namespace cel {

// A decimal or hexadecimal number ("1.5", ".5e3", "0x1p-2"), digits parted by single underscores ("1_000"), or "inf",
// "infinity", "nan" in any case; one sign, but none before "nan". nullopt: it is none of these, or too large. What is too small
// becomes zero.
std::optional<double> parse_double(std::string_view text);

}  // namespace cel
