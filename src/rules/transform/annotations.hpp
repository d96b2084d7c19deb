// SPDX-License-Identifier: 0BSD
// Annotations: `commonAnnotations` and the AnnotationsTransformer.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/transform/config.hpp"
#include "rules/transform/resource.hpp"

namespace transform {

struct Annotations {
    std::map<std::string, std::string> pairs;
    FieldSpecs fields;
};

// Reads the map of `commonAnnotations`. Errors: kInvalid (values that are not texts).
base::Result<Annotations> parse_common_annotations(const model::Value& pairs,
                                                   const TransformerConfig& config);
// Reads an AnnotationsTransformer, {annotations, fieldSpecs}. Errors: kInvalid.
base::Result<Annotations> parse_annotations_transformer(const model::Value& plugin);

// Sets the annotations in every field. Errors: kInvalid (a field that is no map).
base::Result<void> apply(Resources& resources, const Annotations& annotations);

}  // namespace transform
