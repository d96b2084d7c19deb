// SPDX-License-Identifier: 0BSD
// The files and texts of `generators`, `transformers` and `validators`: configurations of kinds that are built in.
#pragma once

#include "base/result.hpp"
#include "rules/kustomize/steps.hpp"
#include "rules/transform/resource.hpp"

namespace kustomize {

// What a configuration generates. Paths in it are seen from the context's place.
//
// Errors:
//   kInvalid      no generator, or a malformed configuration; the message names it
//   kUnsupported  a kind that is not built in, or Helm charts
base::Result<transform::Resources> run_generator(const transform::Resource& configuration,
                                                 const StepContext& context);

// Applies a configuration's transformer. Errors: as above.
base::Result<void> run_transformer(transform::Resources& resources, const transform::Resource& configuration,
                                   const StepContext& context);

// The same, which must change nothing but add the label "validated-by".
// Errors: as above, and kInvalid (it changed something, or is not content).
base::Result<void> run_validator(transform::Resources& resources, const transform::Resource& configuration,
                                 const StepContext& context);

// Gives the objects that ask for it the hash of their content as name suffix.
void add_hashes(transform::Resources& resources);

}  // namespace kustomize
