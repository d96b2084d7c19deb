// SPDX-License-Identifier: 0BSD
// What a value takes in memory, for bounds of caches.
#pragma once

#include <cstddef>

#include "model/value.hpp"

namespace model {

// The memory that a copy without spare room takes beside the value itself, to within some percent.
std::size_t compact_bytes(const Value& value);

}  // namespace model
