// SPDX-License-Identifier: 0BSD
// Strategic merge patch as the API server and kubectl do it: apply, the patch between two states, and that of kubectl apply.
#pragma once

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/patch/schema.hpp"

namespace patch {

// All functions take the type of `kind` in `schema`; fields that it lacks can be set and removed, but not merged.
// Errors of all:
//   kUnsupported  the schema does not know the kind: the API server merges only its own (use apply_merge_patch)
//   kInvalid      a document is no map; a directive or a list is not what the type needs; names the place

// Applies `patch` with its directives: $patch, $retainKeys, $setElementOrder/…, $deleteFromPrimitiveList/….
base::Result<model::Value> apply_strategic_merge(model::Value original, model::Value patch,
                                                 const Schema& schema, const model::GroupVersionKind& kind);

// The patch that turns `original` into `modified`; an empty map if they are equal.
base::Result<model::Value> create_strategic_merge(model::Value original, const model::Value& modified,
                                                  const Schema& schema, const model::GroupVersionKind& kind);

// What kubectl apply sends: the changes from `current` to `modified`, and the removals from `original`, the configuration that
// was applied last, to `modified`. `current` is the live object.
//
// Errors: as above, and kConflict without `overwrite`, if the patch changes what was changed otherwise in the live object
struct ThreeWayDiff {
    model::Value original;
    const model::Value& modified;
    model::Value current;
    bool overwrite = true;
};
base::Result<model::Value> create_three_way_strategic_merge(ThreeWayDiff documents, const Schema& schema,
                                                            const model::GroupVersionKind& kind);

}  // namespace patch
