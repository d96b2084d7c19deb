// SPDX-License-Identifier: 0BSD
// Go's duration texts ("1h30m0s"), the form of every duration field and flag.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace base {

// Reads Go's time.ParseDuration grammar: optional sign, then numbers with unit ns, us, µs, μs, ms, s, m or h; a bare 0 is
// allowed. Errors: kInvalid (grammar), kLimitExceeded (beyond ±292 years).
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);
// Writes what Go's Duration.String writes: "10m0s", "1.5s", "300ms", "0s".
std::string format_duration(std::chrono::nanoseconds duration);

}  // namespace base
