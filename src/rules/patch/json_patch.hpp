// SPDX-License-Identifier: 0BSD
// JSON Patch, RFC 6902, as evanphx/json-patch v4 reads it (what kustomize and Kubernetes use).
#pragma once

#include "base/result.hpp"
#include "model/value.hpp"

namespace patch {

// Applies the list `operations` in order; all or nothing.
//
// Errors: kInvalid (not a list of operations, a path that does not exist, a failed test; names operation and path)
base::Result<model::Value> apply_json_patch(model::Value target, const model::Value& operations);

}  // namespace patch
