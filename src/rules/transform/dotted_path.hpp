// SPDX-License-Identifier: 0BSD
// Dotted paths, "spec.containers.[name=web].image": how `replacements` and `vars` name fields.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"

namespace transform {

using DottedPath = std::vector<std::string>;

// Splits at dots, but for those after a backslash and in brackets.
DottedPath split_dotted(std::string_view text);
// As vars write them: "a[0].b" is a list's element, too.
DottedPath split_var_path(std::string_view text);

// The one value that a path names, or nullptr. Steps are keys, indices, "-" for the last element and "[key=value]".
// Errors: kInvalid (a step into what has no such steps, a wild card).
base::Result<const model::Value*> find_dotted(const model::Value& root, const DottedPath& path);

struct DottedMatch {
    model::Value* value = nullptr;
    bool is_new = false;  // made by this search; null until it is set
};

// What a path's last, missing field is made for.
enum class DottedCreate { kNothing, kScalar, kMap, kList };

// All values that a path names. Steps are keys, indices, "*" for every element and "[key=expression]", a regular expression
// that may match anywhere in the element's field. With `create` what is missing is made; an index only right after the last.
//
// Errors: kInvalid (a step into what has no such steps, an index out of range, a bad expression)
base::Result<std::vector<DottedMatch>> match_dotted(model::Value& root, const DottedPath& path,
                                                    DottedCreate create);

}  // namespace transform
