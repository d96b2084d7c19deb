// SPDX-License-Identifier: 0BSD
// Values as the original prints them.
#pragma once

#include <string>

#include "model/value.hpp"

namespace jsonpath {

// Texts as they are, numbers as Go's fmt prints them, null, maps and lists as Go's encoding/json does: keys sorted, <, > and &
// escaped.
void append_printed(std::string& out, const model::Value& value);

}  // namespace jsonpath
