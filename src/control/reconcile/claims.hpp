// SPDX-License-Identifier: 0BSD
// Which objects the stages claim, looked at before anything is applied.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "control/reconcile/rollout.hpp"

namespace reconcile {

// What is wrong when an object is claimed by two of the stages, naming it and both; nullopt when none is.
// `claims` are by stage of the snapshot; stages at the end may be missing.
std::optional<std::string> describe_duplicates(const Snapshot& snapshot,
                                               std::span<const inventory::Entries> claims);

// Builds every stage whose inputs are there and keeps the ids alone, by stage. A stage that cannot be built now claims nothing:
// it fails in its turn. A rollout that does build it finds the result in the caches of fetcher and renderer, so that the look
// ahead costs one build where they hold it. It ends after some seconds, whatever is slow. An id has the namespace as it is
// rendered: scopes of kinds that the stages define are not known yet.
// Errors: kCancelled only.
base::Task<std::vector<inventory::Entries>> claims_ahead(Engine& engine, const Snapshot& snapshot,
                                                         std::shared_ptr<const decrypt::Keys> keys,
                                                         base::Turn& turn);

}  // namespace reconcile
