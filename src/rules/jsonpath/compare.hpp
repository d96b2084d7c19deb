// SPDX-License-Identifier: 0BSD
// What the operators of a filter say of two values.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "model/value.hpp"

namespace jsonpath {

// "==", "!=", "<", "<=", ">" or ">=".
//
// Errors: kInvalid (another operator; null, maps and lists; bools with other operators than equality; values of different types:
// an integer is not a float, and 2.0 in a template is no integer)
base::Result<bool> compare(const model::Value& left, std::string_view sign, const model::Value& right);

}  // namespace jsonpath
