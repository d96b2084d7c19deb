// SPDX-License-Identifier: 0BSD
// Rules on a StageSet's spec that no schema can state; the reconciler and the admission webhook ask the same function.
#pragma once

#include <string>
#include <vector>

#include "model/stageset.hpp"

namespace model {

struct FieldError {
    std::string path;  // "spec.stages[1].actions.pre[0]"
    std::string reason;

    // "path: reason".
    std::string text() const { return path + ": " + reason; }
};

// All violations, in the order of the rules; empty for a valid spec. Time zones, cron and CEL texts are not looked at: that
// takes their grammars.
std::vector<FieldError> validate_spec(const StageSetSpec& spec);

}  // namespace model
