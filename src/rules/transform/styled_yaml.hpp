// SPDX-License-Identifier: 0BSD
// Rewrites a YAML text with some values changed, in the styles in which it was written.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/value.hpp"

namespace transform {

// `text`'s first document with the values of `content`, which is that document with fields set, added or replaced. Quotes,
// flow style, key order and, where only scalars changed, comments stay; the rest is laid out anew. No final newline.
//
// Errors: kInvalid (`text` is no YAML).
base::Result<std::string> rewrite_yaml(std::string_view text, const model::Value& content);

}  // namespace transform
