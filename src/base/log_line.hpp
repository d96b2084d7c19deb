// SPDX-License-Identifier: 0BSD
// How one log record looks as a line of JSON or of text.
#pragma once

#include <span>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"

namespace base {

// Appends attributes as they follow other members of a record: `,"key":value` each, or ` key=value` each.
// In text an object becomes one `key.member=value` for each member, as a group does in Go's slog.
void append_attributes(std::string& line, LogFormat format, std::span<const LogAttribute> attributes);

// The start of a record up to its message; a JSON record still lacks its closing brace.
void append_head(std::string& line, LogFormat format, WallTime time, LogLevel level,
                 std::string_view message);

}  // namespace base
