// SPDX-License-Identifier: 0BSD
// Replacements into JSON or YAML that is the text of a field, such as a file in a ConfigMap.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/transform/dotted_path.hpp"

namespace transform {

// Writes `value`, whose text is `text`, to a found place: scalars keep their type, maps and lists are replaced.
// Errors: kInvalid (the text is nothing of the field's type).
base::Result<void> assign(const DottedMatch& match, const model::Value& value, std::string_view text);

// Where `path` leads through a text that holds JSON or YAML: sets the field in there and writes the text anew.
// False where it does not, or where the field is not found there: the caller goes on as with any other path.
bool set_in_structured_text(model::Value& object, const DottedPath& path, DottedCreate create,
                            const model::Value& value);

}  // namespace transform
