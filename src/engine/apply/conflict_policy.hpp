// SPDX-License-Identifier: 0BSD
// What is done about an object that cannot be brought to its desired state in place. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/stageset.hpp"

namespace apply {

// What a stage says of conflicts.
struct ConflictRules {
    // Of an object that no rule names: the policy's default, else what `force` means, else Fail.
    model::ConflictAction default_action = model::ConflictAction::kFail;
    std::vector<model::ConflictRule> rules = {};
};
ConflictRules conflict_rules_of(const model::Stage& stage);

// How one object is treated.
struct Treatment {
    model::ConflictAction action = model::ConflictAction::kFail;
    // Whether recreation may take the data of a volume with it: a rule's allowDataLoss, or the object's own annotation.
    bool allows_data_loss = false;
    std::optional<std::size_t> rule = {};  // the one that decided, by its place in the list
};

// The first that applies: the object's annotation `stages.metio.wtf/force: enabled`, the first rule that names it, the default.
// Only the desired object counts; what a live object carries does not.
Treatment treatment_of(const model::Value& desired, const ConflictRules& rules);

// PersistentVolumeClaim and PersistentVolume of the core group: deleting one may delete what is stored.
bool holds_data(const model::ObjectId& id);

// Why the objects must not be applied under these rules, or nullopt: a rule recreates an object that holds data without
// allowDataLoss. Told before there is a conflict, for whoever wrote the rule meant that object.
std::optional<std::string> find_unguarded(const std::vector<model::Value>& desired,
                                          const ConflictRules& rules);

// What a refused change of an object that exists leads to: ok, delete the object and make it anew; else the error that the stage
// fails with, which says what to do. Only conflicts lead to recreation: fields that cannot be changed, and 409 answers other
// than those of two who write at once.
base::Result<void> judge_conflict(const model::Value& desired, const Treatment& treatment,
                                  base::Error refused);

// Marks the object on the wire: `stages.metio.wtf/force: enabled` for Recreate, `stages.metio.wtf/keep-existing: "true"` for
// KeepExisting.
void mark(model::Value& desired, model::ConflictAction action);

// The marks that `live` carries and `desired` does not: left by somebody else, or from before the policy changed.
std::vector<std::string> stale_marks(const model::Value& desired, const model::Value& live);

}  // namespace apply
