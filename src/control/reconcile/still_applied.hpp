// SPDX-License-Identifier: 0BSD
// still_applied: which objects of a stage are as the last apply left them, so that nothing needs to be asked of the server.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "control/reconcile/rollout.hpp"

namespace reconcile {

struct StillApplied {
    inventory::Entries entries;            // all of the stage's objects
    std::vector<model::ObjectId> changed;  // those of them that somebody changed or deleted; sorted
};

// Goes by the watches; by one metadata list for each kind and namespace where no watch may run. An object of which neither
// tells counts as changed.
// nullopt: this program did not apply the stage from the inputs that `fingerprint` stands for, or `stored` (what the stage's
// inventory records) does not hold all that it applied.
// Errors: kCancelled only.
base::Task<std::optional<StillApplied>> still_applied(Engine& engine, apply::Owner owner, std::string stage,
                                                      std::string fingerprint, inventory::Entries stored);

// Those objects as an apply that changed nothing would have answered them.
std::vector<apply::AppliedObject> unchanged(const inventory::Entries& entries);
// Takes out of `objects` all but those named in `changed`, and answers them likewise.
std::vector<apply::AppliedObject> take_unchanged(std::vector<model::Value>& objects,
                                                 const std::vector<model::ObjectId>& changed);

// Remembers what the stage applied from the inputs of `fingerprint`. Objects without marks were not applied now: what was
// remembered of them stays.
void remember(Engine& engine, const apply::Owner& owner, const std::string& stage, std::string fingerprint,
              const std::vector<apply::AppliedObject>& objects);

// Marks those of `awaited` that the stage's rules found ready, to be judged again only when they changed since.
void mark_judged(const Engine& engine, const apply::Owner& owner, const std::string& stage,
                 std::vector<apply::Awaited>& awaited);

// Whether a watch shows one of the stages' objects other than it is remembered.
bool changed_since(Engine& engine, const apply::Owner& owner, const std::vector<inventory::Entries>& stages);

}  // namespace reconcile
