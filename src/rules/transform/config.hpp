// SPDX-License-Identifier: 0BSD
// TransformerConfig: the fields that each transformer works on, kustomize's own and those of `configurations` and `crds`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/transform/field_spec.hpp"

namespace transform {

// The fields in which objects name an object of `target`.
struct NameReference {
    model::GroupVersionKind target;  // empty members match everything
    FieldSpecs referrers;

    bool operator==(const NameReference&) const = default;
};

struct TransformerConfig {
    FieldSpecs name_prefix;
    FieldSpecs name_suffix;
    FieldSpecs name_space;
    FieldSpecs common_labels;
    FieldSpecs labels;  // of `labels`, whatever else an entry includes
    FieldSpecs template_labels;
    FieldSpecs common_annotations;
    std::vector<NameReference> name_reference;
    FieldSpecs var_reference;
    FieldSpecs images;
    FieldSpecs replicas;
};

// kustomize's built-in tables, sorted as merge() leaves them.
const TransformerConfig& default_config();

// Lays `more` over `into`. Errors: kInvalid (two specs for one field that differ in `create`).
base::Result<void> merge(TransformerConfig& into, const TransformerConfig& more);

// Reads a file of `configurations`: {namePrefix, nameReference, …}. Errors: kInvalid (unknown field, wrong type).
base::Result<TransformerConfig> parse_config(const model::Value& value, std::string_view file);

// Reads a file of `crds`, a map of OpenAPI definitions, and what its x-kubernetes-* extensions say.
// Errors: kInvalid (not such a map).
base::Result<TransformerConfig> parse_crd_config(const model::Value& value, std::string_view file);

}  // namespace transform
