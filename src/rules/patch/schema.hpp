// SPDX-License-Identifier: 0BSD
// What the Kubernetes OpenAPI schema says of merging: per type and field, whether a list merges, and by which key; and of scopes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/value.hpp"

namespace patch {

class Schema;

// The schema that kustomize 5.8 bundles (Kubernetes 1.21.2): what its strategic merge and its scopes follow.
std::shared_ptr<const Schema> kustomize_schema();

// The types of Kubernetes 1.36: what the API server's strategic merge and kubectl's diffs follow.
std::shared_ptr<const Schema> kubernetes_schema();

// A schema from an OpenAPI v2 document (kustomize `openapi.path`). As in kustomize, it stands instead of kustomize_schema() for
// merging: kinds that it does not define merge as unknown ones. Scopes of built-in kinds stay known.
//
// Errors: kInvalid (no OpenAPI document, or one that says something unexpected; names the place), kLimitExceeded
base::Result<std::shared_ptr<const Schema>> parse_schema(const model::Value& openapi);

// Whether objects of the kind live in a namespace; nullopt for kinds that the schema does not know.
std::optional<bool> is_namespaced(const Schema& schema, const model::GroupVersionKind& kind);

}  // namespace patch
