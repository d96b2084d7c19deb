// SPDX-License-Identifier: 0BSD
// Times and durations as values, and their texts; what time it is, base::Clock knows.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace base {

using Duration = std::chrono::nanoseconds;
// Wall time: what users and the API server see.
using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;
// Monotonic time since an arbitrary start: for deadlines and measuring.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

// RFC 3339 in UTC with whole seconds ("2026-06-15T09:21:04Z"), as metav1.Time is written.
std::string format_rfc3339(WallTime time);
// RFC 3339 in UTC with six digits of fraction, as metav1.MicroTime is written.
std::string format_rfc3339_micro(WallTime time);
// RFC 3339 with nine digits of fraction: log records.
std::string format_rfc3339_nano(WallTime time);
// Reads RFC 3339 with any offset and up to nine digits of fraction. Errors: kInvalid.
Result<WallTime> parse_rfc3339(std::string_view text);

}  // namespace base
