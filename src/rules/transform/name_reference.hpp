// SPDX-License-Identifier: 0BSD
// Name references: after objects were renamed, whoever names them follows.
#pragma once

#include <vector>

#include "base/result.hpp"
#include "rules/transform/config.hpp"
#include "rules/transform/resource.hpp"
#include "rules/transform/scopes.hpp"

namespace transform {

// Updates every referring field of `references`: to the object that once had that name, chosen by kind, namespace, prefixes and
// suffixes. Fields that are maps with name and namespace get both.
//
// Errors: kInvalid (several objects could be meant, a field that is neither text, map nor list)
base::Result<void> update_name_references(Resources& resources, const std::vector<NameReference>& references,
                                          const Scopes& scopes);

}  // namespace transform
