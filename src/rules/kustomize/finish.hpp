// SPDX-License-Identifier: 0BSD
// The end of a build: what was noted along the way becomes annotations, and what is not for the cluster goes.
#pragma once

#include "base/result.hpp"
#include "rules/kustomize/kustomization.hpp"
#include "rules/transform/resource.hpp"

namespace kustomize {

// Takes out objects that are marked as local (config.kubernetes.io/local-config).
// Errors: kInvalid (an object without kind or name is left)
base::Result<void> drop_local(transform::Resources& resources);

// Adds the label app.kubernetes.io/managed-by. Errors: kInvalid (labels that are no map).
base::Result<void> add_managed_by_label(transform::Resources& resources);

// Writes origin and transformations where `metadata` asks for them, and makes texts of all annotations' values.
void write_annotations(transform::Resources& resources, const BuildMetadata& metadata);

}  // namespace kustomize
