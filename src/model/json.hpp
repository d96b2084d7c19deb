// SPDX-License-Identifier: 0BSD
// JSON in and out: bounded parsing, canonical writing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/value.hpp"

namespace model {

// Parses one JSON text. `what` names it in errors ("response of GET /api"). Duplicate keys: the last wins, as the API
// server does. Errors: kInvalid with byte offset; kLimitExceeded for depth above `depth_max`.
base::Result<Value> parse_json(std::string_view text, std::string_view what, std::size_t depth_max = 512);

// Compact, keys sorted: equal values give equal bytes (used for hashes and bodies).
std::string to_json(const Value& value);
// Indented by two spaces, keys sorted, with a final newline.
std::string to_json_pretty(const Value& value);

}  // namespace model
