// SPDX-License-Identifier: 0BSD
// The scalars of YAML files as sops knows them.
#pragma once

#include <optional>

#include "rules/sops/scalar.hpp"
#include "rules/sops/yaml_nodes.hpp"

namespace sops {

// The value of a scalar node; nullopt for null, which sops passes over.
std::optional<Scalar> found_scalar(const YamlNode& node);
// The text that stands for `scalar` in YAML: plain where that is safe, else in double quotes; what is no UTF-8 as !!binary.
base::Secret written(const Scalar& scalar);

}  // namespace sops
