// SPDX-License-Identifier: 0BSD
// Equality of JSON trees; the order of a map's keys does not count.
#pragma once

#include "model/value.hpp"

namespace patch {

// As readers of the texts see it: 1 and 1.0 differ.
bool equal_json(const model::Value& left, const model::Value& right);

// Numbers by what they are: 1 and 1.0 are equal.
bool equal_values(const model::Value& left, const model::Value& right);

}  // namespace patch
