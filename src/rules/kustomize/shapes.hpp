// SPDX-License-Identifier: 0BSD
// The shapes of kustomization files and of the configurations of built-in generators and transformers.
#pragma once

#include <string_view>

#include "rules/kustomize/shape.hpp"

namespace kustomize {

const Shape& kustomization_shape();
// The shape of the configuration of a built-in kind ("PatchTransformer"), or nullptr when there is no such kind.
const Shape* plugin_shape(std::string_view kind);
// The shape of one element of a `replacements` file.
const Shape& replacement_shape();

}  // namespace kustomize
