// SPDX-License-Identifier: 0BSD
// Waits until applied objects are ready, woken by their changes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "engine/apply/live_objects.hpp"

namespace apply {

struct Awaited {
    kube::ObjectRef ref;
    std::string resource_version;  // of our own write: an older state does not count
};

// Told what is waited for: when the wait begins, and whenever the text changed, at most every 10 s.
using WaitReport = std::function<base::Task<void>(std::string waiting_for)>;

// Returns once every object is ready (kstatus). Objects that are ready by existing cost no request.
//
// Errors:
//   kInvalid           an object failed for good; the message names it and says why
//   kDeadlineExceeded  `deadline` passed; the message lists what was not ready
//   kForbidden, …      reading is not possible with this identity (other errors are retried until the deadline)
//   kCancelled
base::Task<void> wait_until_ready(LiveObjects& live, base::Clock& clock, Owner owner,
                                  std::vector<Awaited> objects, base::SteadyTime deadline, WaitReport report);

}  // namespace apply
