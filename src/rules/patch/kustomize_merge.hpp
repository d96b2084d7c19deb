// SPDX-License-Identifier: 0BSD
// Strategic merge as kustomize does it (kyaml merge2 and merge3), which differs from the API server's in small ways.
#pragma once

#include <optional>
#include <span>

#include "base/result.hpp"
#include "model/value.hpp"
#include "model/yaml.hpp"
#include "rules/patch/schema.hpp"

namespace patch {

// What comments say of fields' types; of several for one field the first counts.
using FieldComments = std::span<const model::FieldComment>;

// `base` with `patch` merged in; nullopt when the patch deletes it ($patch: delete). The type is that of `base`'s apiVersion
// and kind, or else of the patch's, unless `comments`, of `base` and then of `patch`, say another; lists of types that the
// schema does not know are replaced. Items that only the patch has go to the front of a merged list.
//
// Errors: kInvalid (the path and what is wrong there), kLimitExceeded (a merged list is too long)
base::Result<std::optional<model::Value>> kustomize_merge(model::Value base, const model::Value& patch,
                                                          const Schema& schema, FieldComments comments = {});

// How kyaml merges for other callers than patches.
struct KyamlMergeOptions {
    bool infer_associative_lists = false;  // lists of unknown types whose items all have a name merge by it
    bool prepend_items = false;            // where items that only the patch has go
    FieldComments comments = {};           // of the documents, in the order of their parameters
};
base::Result<std::optional<model::Value>> kyaml_merge(model::Value base, const model::Value& patch,
                                                      const Schema& schema, KyamlMergeOptions options);

// `local` with the changes from `original` to `updated`; a change on both sides is decided for `updated`. nullopt when nothing
// is left. New items go to the end; `options.prepend_items` does not count. Errors: as kustomize_merge.
struct ThreeWay {
    model::Value local;
    const model::Value& original;
    const model::Value& updated;
};
base::Result<std::optional<model::Value>> kyaml_merge_three_way(ThreeWay documents, const Schema& schema,
                                                                KyamlMergeOptions options);

}  // namespace patch
