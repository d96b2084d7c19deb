// SPDX-License-Identifier: 0BSD
// Takes over, before our first apply of an object, the fields of those who brought it to the cluster before us. Pure.
#pragma once

#include <optional>

#include "model/value.hpp"

namespace apply {

// Server-side apply removes a field only when nobody else owns it: what `kubectl apply` or another deliverer once set would
// stay for ever after it left the manifests. The JSON patch that makes their fields ours, so that our next apply removes those
// that are not wanted any more; it fails with a conflict when the object changed since `live` was read. nullopt: there is
// nothing to take over, or we applied the object before.
//
// Taken over: fields of kubectl (any of its commands, client-side or server-side), before-first-apply, Flux' kustomize-controller
// and helm-controller, and our own from before server-side apply. Fields of controllers, and those of subresources such as
// status and scale, stay whose they are.
// `applied` is what a dry run of our apply returned: it tells the owner of fields that had none.
std::optional<model::Value> migration_of(const model::Value& live, const model::Value& applied);

}  // namespace apply
