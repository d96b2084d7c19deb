// SPDX-License-Identifier: 0BSD
// Code points as UTF-8.
#pragma once

#include <cstdint>
#include <string>

namespace cel {

// Adds one code point as UTF-8.
void append_letter(std::string& out, std::uint32_t code);

}  // namespace cel
