// SPDX-License-Identifier: 0BSD
// The parts of the standard library, each in its own file.
#pragma once

#include "rules/cel/function.hpp"

namespace cel {

void add_standard_operators(FunctionSet& functions);
void add_standard_conversions(FunctionSet& functions);
void add_standard_texts(FunctionSet& functions);  // size, contains, matches, …
void add_standard_times(FunctionSet& functions);  // getFullYear, …

}  // namespace cel
