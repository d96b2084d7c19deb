// SPDX-License-Identifier: 0BSD
// Which objects a stage waits for. Pure.
#pragma once

#include <string>
#include <vector>

#include "control/reconcile/snapshot.hpp"
#include "engine/apply/applier.hpp"
#include "engine/apply/readiness_wait.hpp"

namespace reconcile {

// What has to be ready before the stage is done: the objects that its readyChecks name, where there are any; else all that
// were applied; with `disableWait` those of them that an expression judges. `ns` is the StageSet's namespace, in which
// named objects are when they name none.
std::vector<apply::Awaited> awaited_of(const StageInput& stage, const std::string& ns,
                                       std::vector<apply::AppliedObject> applied);

}  // namespace reconcile
