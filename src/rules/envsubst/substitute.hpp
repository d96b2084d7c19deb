// SPDX-License-Identifier: 0BSD
// substitute(): a text with its ${variables} replaced, as the envsubst of the Flux controllers does it.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace envsubst {

// Name to value; inserted as they are.
using Variables = std::map<std::string, std::string, std::less<>>;

struct Options {
    // A plain use of a name that is not set is an error; otherwise it counts as set to the empty text.
    bool strict = true;
};

// Deeper nesting of ${a:-${b:-…}} than anybody writes; each level is a level of the call stack.
inline constexpr std::size_t kNestingMax = 64;
// What the YAML reader takes at most: a larger result could not be used.
inline constexpr std::size_t kOutputBytesMax = std::size_t{64} << 20U;

// `text` with each ${…} evaluated, and $$ written as $. A $ before anything else stays. The table of operators is in the README.
//
// Errors:
//   kInvalid        a malformed ${…}, a length below zero or, when strict, a name that is not set; "line 3, column 7: …"
//   kLimitExceeded  one of the bounds above, or patterns that would take seconds to match
base::Result<std::string> substitute(std::string_view text, const Variables& variables, Options options);

// Whether substitute() could change the text or refuse it; false for nearly every text.
bool needs_substitution(std::string_view text);

// What tells two sets of variables apart without showing them: empty for no variables, else 64 hexadecimal digits.
std::string fingerprint(const Variables& variables);

}  // namespace envsubst
