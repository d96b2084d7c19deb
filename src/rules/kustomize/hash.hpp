// SPDX-License-Identifier: 0BSD
// The suffix that changes a generated object's name whenever its content changes.
#pragma once

#include <string>

#include "model/value.hpp"

namespace kustomize {

// Ten letters, the same that kustomize computes for a ConfigMap, a Secret or another object.
std::string content_hash(const model::Value& object);

}  // namespace kustomize
