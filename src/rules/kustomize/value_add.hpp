// SPDX-License-Identifier: 0BSD
// ValueAddTransformer: one text, written into or into the path at many fields.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "rules/kustomize/steps.hpp"

namespace kustomize {

// Applies the conformed configuration of a ValueAddTransformer.
// Errors: kInvalid (no target, a field that is no text, a malformed selector), and those of the loader.
base::Result<void> add_value(transform::Resources& resources, const model::Value& configuration,
                             const StepContext& context);

// `path` with `part` put in before its part number `position` (0 is the first); behind all when there are fewer. An absolute
// path stays absolute.
std::string insert_path_part(std::string_view path, std::size_t position, std::string_view part);

}  // namespace kustomize
