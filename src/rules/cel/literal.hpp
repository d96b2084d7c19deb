// SPDX-License-Identifier: 0BSD
// The values of literals: numbers with their signs, and quoted texts with their escapes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "rules/cel/lexer.hpp"
#include "rules/cel/value.hpp"

namespace cel {

// Errors: kInvalid, a number beyond its type, a malformed escape, a text that is no UTF-8.
base::Result<Value> literal(const Token& token, bool negative);

}  // namespace cel
