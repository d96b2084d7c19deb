// SPDX-License-Identifier: 0BSD
// The text of scalars, and scalars from text: what YAML nodes hold where values hold types.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/value.hpp"

namespace transform {

// "5", "true", "1.5", "abc"; empty for null, nullopt for maps and lists.
std::optional<std::string> text_of_scalar(const model::Value& value);

// `text` as a scalar of the type that `like` has: a number stays a number, a text stays a text.
// Errors: kInvalid (the text is nothing of that type).
base::Result<model::Value> scalar_like(const model::Value& like, std::string_view text);

}  // namespace transform
