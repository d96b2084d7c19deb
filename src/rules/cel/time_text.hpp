// SPDX-License-Identifier: 0BSD
// Durations and timestamps as text: "3601.5s", "2020-01-01T00:00:00.5Z".
#pragma once

#include <string>

#include "rules/cel/value.hpp"

namespace cel {

// Seconds with the fewest digits that tell them apart as a double, and "s".
std::string duration_text(DurationValue duration);
// RFC 3339 with the offset that it was written with; a fraction without trailing zeros.
std::string timestamp_text(TimestampValue timestamp);

}  // namespace cel
