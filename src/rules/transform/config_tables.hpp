// SPDX-License-Identifier: 0BSD
// The tables behind default_config(): which fields kustomize's transformers know by themselves.
#pragma once

#include <vector>

#include "rules/transform/config.hpp"

namespace transform {

// All but the name references.
TransformerConfig built_in_fields();
std::vector<NameReference> built_in_references();

}  // namespace transform
