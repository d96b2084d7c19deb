// SPDX-License-Identifier: 0BSD
// What an evaluation may cost at most, from its plan alone.
#pragma once

#include <cstdint>

#include "rules/cel/plan.hpp"

namespace cel {

// UINT64_MAX: nothing bounds it, as when it goes through a list of unknown length.
std::uint64_t estimate_cost_max(const Program::Plan& plan);

}  // namespace cel
