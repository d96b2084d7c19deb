// SPDX-License-Identifier: 0BSD
// set_entries: writes the same pairs into a map field of all resources; what labels and annotations share.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "rules/transform/field_spec.hpp"
#include "rules/transform/resource.hpp"

namespace transform {

// Errors: kInvalid (a field that is no map).
base::Result<void> set_entries(Resources& resources, const std::map<std::string, std::string>& pairs,
                               const FieldSpecs& fields);

}  // namespace transform
