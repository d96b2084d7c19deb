// SPDX-License-Identifier: 0BSD
// The annotations in which the original keeps its notes during a build. Objects may come with some, and leave without.
#pragma once

#include <string_view>

#include "model/value.hpp"
#include "rules/transform/resource.hpp"

namespace kustomize {

constexpr std::string_view kOriginAnnotation = "config.kubernetes.io/origin";
constexpr std::string_view kTransformationsAnnotation = "alpha.config.kubernetes.io/transformations";

// Takes over the earlier names that an object's own notes say.
void recall_notes(transform::Resource& resource);

// Takes all notes out, whoever wrote them.
void erase_notes(model::Object& annotations);

}  // namespace kustomize
