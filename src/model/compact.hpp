// SPDX-License-Identifier: 0BSD
// Objects as caches keep them: each in one piece of memory of just its size.
#pragma once

#include <cstddef>
#include <memory>

#include "model/value.hpp"

namespace model {

// A copy that nobody changes. Its maps, lists and texts lie side by side, which takes less than a tree of single allocations.
// Copies of it, or of parts of it, may be changed and may outlive it, on any thread; they keep its memory alive.
std::shared_ptr<const Value> make_compact(const Value& value);

// The memory that such a copy takes beside the value itself, to within some percent.
std::size_t compact_bytes(const Value& value);

}  // namespace model
