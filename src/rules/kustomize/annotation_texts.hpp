// SPDX-License-Identifier: 0BSD
// Annotations are texts, whatever their values look like: `version: 1.10` is "1.10", as it is written.
#pragma once

#include <cstddef>
#include <string_view>

#include "model/value.hpp"

namespace kustomize {

// Makes texts of the annotations of `object`, and of the items of a list. `text` is the file and `line` where the document of the
// object begins in it; both are looked at only where an annotation is no text yet. What an anchor brought is written anew.
void make_annotations_texts(model::Value& object, std::string_view text, std::size_t line);

}  // namespace kustomize
