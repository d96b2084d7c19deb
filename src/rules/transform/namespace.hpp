// SPDX-License-Identifier: 0BSD
// NamespaceChange: `namespace` and the NamespaceTransformer.
#pragma once

#include <string>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/transform/config.hpp"
#include "rules/transform/resource.hpp"
#include "rules/transform/scopes.hpp"

namespace transform {

// Which subjects of RoleBindings and ClusterRoleBindings get the namespace.
enum class SubjectMode { kDefaultOnly, kAllServiceAccounts, kNone };

struct NamespaceChange {
    std::string ns;     // empty: nothing happens
    FieldSpecs fields;  // config.name_space, or those of a NamespaceTransformer
    bool unset_only = false;
    SubjectMode subjects = SubjectMode::kDefaultOnly;
};

// Reads a NamespaceTransformer, {metadata.namespace, fieldSpecs, unsetOnly, setRoleBindingSubjects}. Errors: kInvalid.
base::Result<NamespaceChange> parse_namespace_transformer(const model::Value& plugin);

// Errors: kInvalid (a field that is no text, or two objects that end with the same id).
base::Result<void> apply(Resources& resources, const NamespaceChange& change, const Scopes& scopes);

}  // namespace transform
