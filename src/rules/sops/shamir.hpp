// SPDX-License-Identifier: 0BSD
// Puts a secret together from its Shamir shares over GF(2^8), as sops splits data keys among key groups.
#pragma once

#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace sops {

// Each part is the secret's length and one byte more, its x coordinate. Too few parts of a good secret give another secret:
// what it opens must carry a MAC. Errors: kInvalid for fewer than two, unequal, empty or repeated parts.
base::Result<base::Secret> combine_shares(const std::vector<base::Secret>& parts);

}  // namespace sops
