// SPDX-License-Identifier: 0BSD
// What becomes of labels and annotations where the original writes the whole map anew, as it does to keep notes in annotations.
#pragma once

#include <string_view>

#include "model/value.hpp"
#include "rules/transform/resource.hpp"

namespace transform {

// Makes a text of a label's or annotation's value: null is "null", and a map or a list is empty.
void make_text(model::Value& value);

// Makes the values of metadata.`key` texts, and removes anything but a map with
// entries.
void rewrite_metadata_map(model::Value& object, std::string_view key);

// The same for a resource's annotations, whose entries are shared with no other map from then on.
void rewrite_annotations(Resource& resource);

}  // namespace transform
