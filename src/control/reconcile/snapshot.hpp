// SPDX-License-Identifier: 0BSD
// All that one run knows: read once at its start, never changed by it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "control/reconcile/target.hpp"
#include "engine/apply/conflict_policy.hpp"
#include "engine/apply/live_objects.hpp"
#include "engine/source/resolve.hpp"
#include "io/kube/informer.hpp"
#include "model/stageset.hpp"
#include "rules/inventory/mode.hpp"
#include "rules/inventory/shard.hpp"
#include "rules/readiness/health_rules.hpp"

namespace reconcile {

// One stage of the spec, with defaults applied.
struct StageInput {
    std::string name;
    int position = 0;
    std::string path;
    std::vector<model::Patch> patches;
    model::PostBuild post_build;
    bool helm_hooks = true;  // apply objects with the annotation helm.sh/hook, too
    bool prune_enabled = true;
    apply::ConflictRules conflicts;
    base::Duration timeout = std::chrono::minutes(5);
    // Of the wait alone, counted from its begin; wins over `timeout`.
    std::optional<base::Duration> ready_timeout;
    bool wait_disabled =
        false;  // of what is awaited by default; named objects and expressions count all the same
    std::vector<model::ObjectReference> checks;
    std::shared_ptr<const readiness::HealthRules> health;  // nullptr: kstatus judges all
};

struct Snapshot {
    apply::Owner owner;
    std::string uid;
    std::int64_t generation = 0;
    bool deleting = false;
    std::optional<base::WallTime> deleted_at;  // while deleting
    bool has_finalizer = false;
    bool suspended = false;
    // Why nothing of this spec can be done, whoever tries: a malformed field, a broken rule.
    std::optional<std::string> invalid;
    base::Duration interval{};
    base::Duration retry_interval{};
    TargetRequest target;
    std::string requested_at;  // the request annotation's token
    std::optional<model::Decryption> decryption;
    std::vector<StageInput> stages;
    // Of each stage, in order; ends before the first that did not resolve.
    std::vector<source::ResolvedSource> sources;
    std::optional<source::Unresolved> unresolved;
    model::StageSetStatus status;
    inventory::Mode inventory_mode = inventory::Mode::kHybrid;
    inventory::Stored stored;

    // Names a stage of this StageSet to its inventory.
    inventory::StageIdentity identity(std::string stage, int position, bool prune_enabled) const;
    // Artifact key to revision: what `lastAttemptedRevisions` says of this run.
    std::map<std::string, std::string> revisions() const;
};

// Same spec, same revisions, same inventory mode as the last success, and all Ready since.
bool is_steady(const Snapshot& snapshot);

}  // namespace reconcile
