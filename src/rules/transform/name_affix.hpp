// SPDX-License-Identifier: 0BSD
// NamePrefix and NameSuffix: `namePrefix`, `nameSuffix` and their transformers.
#pragma once

#include <string>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/transform/config.hpp"
#include "rules/transform/resource.hpp"

namespace transform {

struct NamePrefix {
    std::string text;
    FieldSpecs fields;  // config.name_prefix, or those of a PrefixTransformer
};
struct NameSuffix {
    std::string text;
    FieldSpecs fields;  // config.name_suffix
};

// Read a PrefixTransformer {prefix, fieldSpecs} and a SuffixTransformer {suffix, fieldSpecs}. Errors: kInvalid.
base::Result<NamePrefix> parse_prefix_transformer(const model::Value& plugin);
base::Result<NameSuffix> parse_suffix_transformer(const model::Value& plugin);

// Change names and remember the previous ids. CustomResourceDefinitions, APIServices and Namespaces keep their names.
// Errors: kInvalid (a field that is no text).
base::Result<void> apply(Resources& resources, const NamePrefix& prefix);
base::Result<void> apply(Resources& resources, const NameSuffix& suffix);

}  // namespace transform
