// SPDX-License-Identifier: 0BSD
// Numbers as text, independent of any locale, with the digits that Go's strconv and fmt print.
#pragma once

#include <string>

namespace cel {

// The fewest digits that read back as `value`, without an exponent: "0.1", "100000000000000000000"; "NaN", "+Inf", "-Inf".
std::string plain_text(double value);
// `value` with `digits` digits after the point, rounded half to even on its exact value: Go's "%.3f". Finite values only.
std::string fixed_text(double value, int digits);
// The fewest digits, with an exponent below 1e-4 and from 1e6 on: Go's "%g". "1.5", "1e+06", "1e-05"; "NaN", "+Inf", "-Inf".
std::string general_text(double value);
// "1.052033e+03": Go's "%.6e". Finite values only.
std::string scientific_text(double value, int digits);

}  // namespace cel
