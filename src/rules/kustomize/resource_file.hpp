// SPDX-License-Identifier: 0BSD
// From the text of a resource file to its objects.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "model/yaml.hpp"
#include "rules/transform/resource.hpp"

namespace kustomize {

// The objects of all documents. Objects of a kind that ends in "List" are replaced by their items, which come after what the
// file holds otherwise; comments and empty documents are nothing. Annotations are texts, as written (annotation_texts.hpp).
//
// Errors:
//   kInvalid        bad YAML; what is no object with a kind and a name (a list without items needs none)
//   kLimitExceeded  a bound of `limits`
base::Result<transform::Resources> read_resources(std::string_view text, std::string_view file,
                                                  const model::YamlLimits& limits);

// Whether an object says what every object must. Errors: kInvalid (no kind or no name).
base::Result<void> check_identity(const model::Value& object);

}  // namespace kustomize
