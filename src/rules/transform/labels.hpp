// SPDX-License-Identifier: 0BSD
// Labels: `labels`, `commonLabels` and the LabelTransformer.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/transform/config.hpp"
#include "rules/transform/resource.hpp"

namespace transform {

struct Labels {
    std::map<std::string, std::string> pairs;
    FieldSpecs fields;  // where they go
};

// Reads an entry of `labels`, {pairs, includeSelectors, includeTemplates, fields}; `config` says what selectors and templates
// are.
// Errors: kInvalid (unknown key, wrong type, fields that contradict the config).
base::Result<Labels> parse_labels(const model::Value& entry, const TransformerConfig& config);
// Reads the map of `commonLabels`. Errors: kInvalid (values that are not texts).
base::Result<Labels> parse_common_labels(const model::Value& pairs, const TransformerConfig& config);
// Reads a LabelTransformer, {labels, fieldSpecs}. Errors: kInvalid.
base::Result<Labels> parse_label_transformer(const model::Value& plugin);

// Sets the labels in every field. Errors: kInvalid (a field that is no map).
base::Result<void> apply(Resources& resources, const Labels& labels);

}  // namespace transform
