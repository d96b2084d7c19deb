// SPDX-License-Identifier: 0BSD
// What Unicode says of the characters beyond ASCII: which are letters or digits, and which have a simple other case.
#pragma once

#include <array>
#include <cstdint>

namespace envsubst {

struct LetterRange {
    char32_t first;
    char32_t last;
};

// Each `step`th character from `first` to `last` becomes itself plus `delta`.
struct CaseRange {
    char32_t first;
    char32_t last;
    std::uint8_t step;
    std::int32_t delta;
};

// Sorted; without overlap.
extern const std::array<LetterRange, 702> kLetters;
extern const std::array<CaseRange, 199> kUpper;
extern const std::array<CaseRange, 181> kLower;

}  // namespace envsubst
