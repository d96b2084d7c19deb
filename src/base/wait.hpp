// SPDX-License-Identifier: 0BSD
// wait_until: waits for an event, but not longer than a deadline.
#pragma once

#include "base/clock.hpp"
#include "base/event.hpp"

namespace base {

// True when the event was set or pulsed, false when `deadline` passed first. The alarm pulses the event, so that others who
// wait for the same event wake too and look again. Errors: kCancelled.
Task<bool> wait_until(Event& event, Clock& clock, SteadyTime deadline);

}  // namespace base
