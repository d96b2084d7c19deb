// SPDX-License-Identifier: 0BSD
// The transformers that a kustomization's own fields stand for, in the original's order.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "rules/kustomize/kustomization.hpp"
#include "rules/kustomize/loader.hpp"
#include "rules/transform/config.hpp"
#include "rules/transform/resource.hpp"
#include "rules/transform/scopes.hpp"

namespace kustomize {

// What the generators and transformers of one kustomization work with; all outlive it.
struct StepContext {
    Loader& loader;
    const Place& place;
    const transform::Scopes& scopes;
    bool follow_origins = false;  // buildMetadata asks where things come from
};

// Who made or changed an object: a built-in kind that the kustomization `file` configured.
transform::Origin builtin_origin(const StepContext& context, std::string_view file, std::string_view kind);
// Ends a transformer's turn: what it deleted goes, and what is left remembers it where origins are followed.
void end_step(transform::Resources& resources, const StepContext& context, const transform::Origin& origin);

// Reads the patch that an entry names or holds, and applies it. Errors: kInvalid, and those of the loader.
base::Result<void> apply_patch_entry(transform::Resources& resources, const transform::PatchEntry& entry,
                                     const StepContext& context);
// Reads what an entry of `patchesStrategicMerge` names or holds, and applies it.
base::Result<void> apply_strategic_merge(transform::Resources& resources, const std::string& entry,
                                         const StepContext& context);
// Reads the files that entries name, and applies all.
base::Result<void> apply_replacements(transform::Resources& resources,
                                      std::vector<transform::ReplacementEntry> entries,
                                      const StepContext& context);

// Errors: kInvalid (a transformer fails, or a file that it needs cannot be read; the message names the field)
base::Result<void> run_steps(transform::Resources& resources, const Kustomization& kustomization,
                             const transform::TransformerConfig& config, const StepContext& context);

}  // namespace kustomize
