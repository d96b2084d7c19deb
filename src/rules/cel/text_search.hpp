// SPDX-License-Identifier: 0BSD
// Substring search in linear time, whatever the texts are: both come from strangers.
#pragma once

#include <cstddef>
#include <string_view>

namespace cel {

// The byte at which `part` first stands in `text` at or after byte `from`, or npos. An empty part stands everywhere.
std::size_t find_first(std::string_view text, std::string_view part, std::size_t from = 0);
// The last byte at or before `from` at which `part` stands, or npos. `part` is not empty.
std::size_t find_last(std::string_view text, std::string_view part, std::size_t from);
// How often `part`, which is not empty, stands in `text` without overlap.
std::size_t count_occurrences(std::string_view text, std::string_view part);

}  // namespace cel
