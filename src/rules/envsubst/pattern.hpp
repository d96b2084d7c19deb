// SPDX-License-Identifier: 0BSD
// Shell patterns at the beginning or end of a value: what ${a#x}, ${a##x}, ${a%x} and ${a%%x} take away.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace envsubst {

// Steps that all matches of one text may take together: 50 million are a quarter of a second, and far beyond any real text. A
// value of a megabyte and a pattern of stars could otherwise keep a core for hours.
struct MatchBudget {
    std::size_t steps = 50'000'000;
    bool exhausted = false;
};

struct Trim {
    bool suffix = false;
    bool longest = false;
};

// `value` without its shortest or longest beginning or end that matches `pattern`. * is any bytes, slashes too, ? any
// character, [a-z] and [^a-z] classes, \ takes the next character as it is. Unchanged when nothing matches or the pattern is
// malformed. When the budget runs out the result is unspecified and `exhausted` is set.
std::string trim(std::string_view value, std::string_view pattern, Trim how, MatchBudget& budget);

}  // namespace envsubst
