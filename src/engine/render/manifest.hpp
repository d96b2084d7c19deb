// SPDX-License-Identifier: 0BSD
// From one manifest file to its objects: parsed, lists opened, each known to be an object that can be applied.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"
#include "model/yaml.hpp"

namespace render {

struct ManifestObject {
    model::Value value;
    std::size_t line = 0;  // of its document
};

// Reads `text`. Kustomize's own objects and those marked as local configuration are left out; an empty file is fine.
// `nodes_left` bounds what all files of a stage may hold together once anchors are expanded, and is lowered.
//
// Errors:
//   kInvalid        bad YAML; something that is no object, or an object without apiVersion, kind or name ("file:line: …")
//   kLimitExceeded  a bound of the YAML reader, or `nodes_left`
base::Result<std::vector<ManifestObject>> read_manifest(std::string_view file, std::string_view text,
                                                        std::size_t& nodes_left);

}  // namespace render
