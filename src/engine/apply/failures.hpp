// SPDX-License-Identifier: 0BSD
// Failures of several objects as one error.
#pragma once

#include <vector>

#include "engine/apply/applier.hpp"

namespace apply {

// One error for all that failed, of which there is one at least: the first decides the code, the text names each object, at most
// `named_max` of them.
base::Error join_failures(const std::vector<ObjectFailure>& failures, std::size_t named_max);

}  // namespace apply
