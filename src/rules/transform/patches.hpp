// SPDX-License-Identifier: 0BSD
// Patches: `patches`, `patchesStrategicMerge`, `patchesJson6902` and their transformers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/transform/resource.hpp"
#include "rules/transform/scopes.hpp"
#include "rules/transform/selector.hpp"

namespace transform {

// An entry of `patches` or a PatchTransformer, as written.
struct PatchEntry {
    std::string path;   // of a file that the caller reads
    std::string patch;  // or the text itself
    std::optional<Target> target;
    bool allow_name_change = false;
    bool allow_kind_change = false;
    bool keeps_ids = false;  // operations do not make the present id a previous one: `patchesJson6902`
};
// Reads {path, patch, target, options}; keys of a plugin's own (apiVersion, kind, metadata) are let through. Exactly one of path
// and patch is set. Errors: kInvalid.
base::Result<PatchEntry> parse_patch_entry(const model::Value& entry);

// A PatchJson6902Transformer or an entry of `patchesJson6902`: {target, path, jsonOp | patch}; the target is needed.
base::Result<PatchEntry> parse_json6902_entry(const model::Value& entry);

// A patch with its text read: either objects to merge or operations.
struct Patch {
    std::vector<Resource> merges;
    std::optional<model::Value> operations;
    std::optional<Target> target;
    bool keeps_ids = false;
    std::string source;  // "[path: \"p.yaml\"]" or "[patch: \"…\"]", for errors
};

// Reads the text of a patch, YAML or JSON, one or more documents, and finds out by its content what it is.
// Errors: kInvalid (neither a list of operations nor objects with kind and name).
base::Result<Patch> read_patch(const PatchEntry& entry, std::string_view text);
// Reads the text of one entry of `patchesStrategicMerge`: objects only. Errors: kInvalid.
base::Result<Patch> read_strategic_merge(std::string_view text, std::string_view source);

// Applies one patch. Resources that it deletes are empty afterwards: drop_deleted() takes them out.
//
// Errors: kInvalid (a merge without target finds no or several objects, operations without target, several merges with one
// target, an operation fails)
base::Result<void> apply(Resources& resources, const Patch& patch, const Scopes& scopes);

// Applies them one after the other; what one deletes is taken out before the next. Finds the objects of many patches without
// looking at all of them each time. Errors: as above; answers how many were applied before the one that failed in `applied`.
base::Result<void> apply(Resources& resources, const std::vector<Patch>& patches, const Scopes& scopes,
                         std::size_t& applied);

}  // namespace transform
