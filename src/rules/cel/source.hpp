// SPDX-License-Identifier: 0BSD
// The source of an expression: where an offset lies, and how a problem there is told.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace cel {

// A problem of the source, found at a byte of it.
struct Problem {
    base::ErrorCode code = base::ErrorCode::kInvalid;
    std::uint32_t offset = 0;
    std::string what;
};

// "line:column: what", the line, and a caret below the place; columns count characters from 1. Long lines are cut around it.
base::Error describe(std::string_view source, const Problem& problem);

}  // namespace cel
