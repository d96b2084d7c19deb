// SPDX-License-Identifier: 0BSD
// Reads the `sops` block, whichever format it was written in.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/sops/metadata.hpp"

namespace sops {

// Whether a block says what only sops says: the MAC, a locked key, or both time and version. Ordinary files have keys and
// sections that are called "sops", too.
bool is_metadata(const model::Object& block);

// Errors: kInvalid for a missing or bad time or version, and for no keys; kLimitExceeded for more than 255 groups or 1000 keys.
base::Result<Metadata> read_metadata(const model::Object& block);

// The block from the flat names of dotenv and ini files: "age__list_0__map_enc" is the first element's `enc` below `age`.
// Errors: kInvalid for names that contradict each other; kLimitExceeded for indices above 1000.
base::Result<model::Object> unflatten(const std::map<std::string, std::string>& entries);

}  // namespace sops
