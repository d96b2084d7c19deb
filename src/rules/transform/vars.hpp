// SPDX-License-Identifier: 0BSD
// Vars: `vars` and the expansion of $(NAME) in the fields of the config's varReference.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/transform/config.hpp"
#include "rules/transform/resource.hpp"
#include "rules/transform/scopes.hpp"

namespace transform {

struct Variable {
    std::string name;
    ResourceId object;
    std::string field_path = "metadata.name";

    bool operator==(const Variable&) const = default;
};
using Variables = std::vector<Variable>;

// Reads an entry of `vars`, {name, objref, fieldref}. Errors: kInvalid.
base::Result<Variable> parse_variable(const model::Value& entry);

// Adds a kustomization's own vars to those of its bases, and marks the object that each reads from.
// Errors: kInvalid (a name that is there already, several objects).
base::Result<void> declare_variables(Variables& into, const Variables& own, Resources& resources,
                                     const Scopes& scopes);
// Adds the vars of a base. Errors: kInvalid (a name that is there already).
base::Result<void> merge_variables(Variables& into, const Variables& more);

// Replaces $(NAME) in all fields of `fields`; unknown names stay. Answers the names that were never used (a warning).
// Errors: kInvalid (a var whose object or field does not exist).
base::Result<std::vector<std::string>> expand_variables(Resources& resources, const Variables& variables,
                                                        const FieldSpecs& fields);

}  // namespace transform
