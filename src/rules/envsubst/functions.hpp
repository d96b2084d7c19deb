// SPDX-License-Identifier: 0BSD
// What the operators of ${name…} make of a value.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace envsubst {

// The part that starts at `offset` and, when `length` is given, is that long; both count bytes and are decimal texts. A negative
// offset counts from the end. A text that is no number gives the whole value.
//
// Errors: kInvalid (a length below zero)
base::Result<std::string_view> part(std::string_view value, std::string_view offset,
                                    std::optional<std::string_view> length);

enum class Where { kFirst, kEverywhere, kBeginning, kEnd };

struct Replacement {
    std::string_view old_text;  // empty: what stands between characters
    std::string_view new_text;
    Where where = Where::kFirst;
};

// `value` with `old_text` replaced. Errors: kLimitExceeded (the result would be larger than `bytes_max`)
base::Result<std::string> replace(std::string_view value, const Replacement& replacement,
                                  std::size_t bytes_max);

}  // namespace envsubst
