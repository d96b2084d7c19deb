// SPDX-License-Identifier: 0BSD
// JSON Merge Patch, RFC 7386, as evanphx/json-patch v4 reads it (what the API server uses for custom resources).
#pragma once

#include "base/result.hpp"
#include "model/value.hpp"

namespace patch {

// `target` with `patch` merged in: nulls remove, maps merge, all else replaces. A patch that is a list replaces the whole.
//
// Errors: kInvalid (the target is null; the patch is neither map nor list)
base::Result<model::Value> apply_merge_patch(model::Value target, const model::Value& patch);

// The patch that turns `original` into `modified`, an empty map if they are equal. A null of `modified` cannot be told from a
// removal. Of two lists of maps: the list of the patches of their items.
//
// Errors: kInvalid (the documents are neither both maps nor lists of as many maps)
base::Result<model::Value> create_merge_patch(const model::Value& original, const model::Value& modified);

}  // namespace patch
