// SPDX-License-Identifier: 0BSD
// Clock: the only source of time; replaced by a hand-driven one in tests.
#pragma once

#include <chrono>
#include <string>

#include "base/task.hpp"

namespace base {

using Duration = std::chrono::nanoseconds;
// Wall time: what users and the API server see.
using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;
// Monotonic time since an arbitrary start: for deadlines and measuring.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

class Clock {
public:
    virtual ~Clock() = default;
    virtual WallTime now() const = 0;
    virtual SteadyTime steady_now() const = 0;
    // Waits; a time that has passed returns at the loop's next turn. Errors: kCancelled.
    virtual Task<void> sleep_until(SteadyTime deadline) = 0;
    Task<void> sleep_for(Duration duration);
};

// The machine's clocks, timers on the loop of the awaiting task.
class SystemClock final : public Clock {
public:
    WallTime now() const override;
    SteadyTime steady_now() const override;
    Task<void> sleep_until(SteadyTime deadline) override;
};

// RFC 3339 in UTC with whole seconds ("2026-06-15T09:21:04Z"), as metav1.Time is written.
std::string format_rfc3339(WallTime time);
// RFC 3339 in UTC with six digits of fraction, as metav1.MicroTime is written.
std::string format_rfc3339_micro(WallTime time);
// RFC 3339 with nine digits of fraction: log records.
std::string format_rfc3339_nano(WallTime time);
// Reads RFC 3339 with any offset and up to nine digits of fraction. Errors: kInvalid.
Result<WallTime> parse_rfc3339(std::string_view text);

}  // namespace base
