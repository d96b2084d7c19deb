// SPDX-License-Identifier: 0BSD
// The Retry-After header (RFC 9110, 10.2.3): how long a server asks to be left alone.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace http {

// Reads seconds ("120") or a date ("Sun, 06 Nov 1994 08:49:37 GMT", one that has passed is zero); nullopt for anything else.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view header, base::WallTime now);

}  // namespace http
