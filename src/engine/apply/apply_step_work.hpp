// SPDX-License-Identifier: 0BSD
// ApplyStep::Work, for the sources that implement it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/apply/apply_step.hpp"

namespace apply {

// One object and what is to become of it.
struct ApplyStep::Work {
    // What is done to bring the live object to its desired state.
    enum class Way { kNothing, kWrite, kRecreate };

    model::Value object;
    AppliedObject applied;
    Treatment treatment;
    Way way = Way::kNothing;
    std::optional<model::Value> migration = {};  // the patch that takes former deliverers' fields over
    std::vector<std::string> stale_marks = {};   // that our apply leaves, for they are not ours
    std::string live_uid = {};                   // kRecreate: of the object that is to go
    bool removed = false;                        // kRecreate: its deletion was accepted
    bool gone = false;                           // and it does not exist any more
    std::string held_by = {};                    // its finalizers
    std::optional<base::Error> failure = {};

    kube::ObjectRef ref() const { return applied.ref(); }
    bool keeps_existing() const { return treatment.action == model::ConflictAction::kKeepExisting; }
    // Remembers which other StageSet's labels the live object has.
    void note_owner(const model::Value& live);
};

}  // namespace apply
