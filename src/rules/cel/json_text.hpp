// SPDX-License-Identifier: 0BSD
// A value as JSON text, as cel-go's json.encode writes it.
#pragma once

#include "rules/cel/function.hpp"

namespace cel {

// Compact, keys in order, the characters < > & escaped; whole numbers beyond 53 bits, bytes and times are texts. An error where
// JSON has nothing for a value or a key is no string, and where the cost limit is reached.
Value json_text(CallContext& context, const Value& value);

}  // namespace cel
