// SPDX-License-Identifier: 0BSD
// Is a Kubernetes object ready? The rules of kstatus, with Jobs ready only when they completed.
#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"
#include "model/value.hpp"

namespace readiness {

enum class State { kCurrent, kInProgress, kFailed, kTerminating, kNotFound, kUnknown };

// "Current", "InProgress", "Failed", "Terminating", "NotFound", "Unknown": as messages to users write it.
std::string_view to_string(State state);

struct Verdict {
    State state = State::kUnknown;
    std::string message;  // plain words: "1 of 3 replicas available"
};

// Judges a live object as the server returned it. `now` ages pods that no node takes. kNotFound is never returned: there is
// no object then. kUnknown: the object's own fields contradict its kind (a status that cannot be read).
Verdict evaluate(const model::Value& object, base::WallTime now);

// True for kinds that are Current from the moment they exist and carry nothing that could say otherwise (Secret, ConfigMap,
// ServiceAccount, …): what the apply returned is proof enough, no live read is needed.
bool always_current(std::string_view group, std::string_view kind);

}  // namespace readiness
