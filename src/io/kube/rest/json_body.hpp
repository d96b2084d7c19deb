// SPDX-License-Identifier: 0BSD
// Parses JSON bodies: small ones at once, large ones beside the loop.
#pragma once

#include <string>

#include "base/compute.hpp"
#include "base/task.hpp"
#include "model/value.hpp"

namespace kube {

// Parsing so much takes about a quarter of a millisecond: more than that is not done on the loop.
inline constexpr std::size_t kParseInlineBytesMax = std::size_t{64} << 10U;

// Errors: kUnavailable (the server sent something that is no JSON), kCancelled.
base::Task<model::Value> parse_json_body(base::Compute& compute, std::string body);

}  // namespace kube
