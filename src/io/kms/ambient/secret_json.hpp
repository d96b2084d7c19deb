// SPDX-License-Identifier: 0BSD
// JSON that holds a secret: every piece of memory that the parsed value used is wiped when it is given back.
#pragma once

#include <string_view>

#include "model/value.hpp"

namespace kms_ambient {

// The value and all below it live in memory of their own, so copies of them (not moves) would not be wiped; null where `text`
// is no JSON, or nested deeper than any answer of a service.
model::Value parse_secret_json(std::string_view text);

}  // namespace kms_ambient
