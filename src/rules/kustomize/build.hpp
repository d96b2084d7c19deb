// SPDX-License-Identifier: 0BSD
// The build: from a directory with a kustomization to the objects that it stands for, as `kustomize build` v5.8.1 makes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/kustomize/files.hpp"
#include "rules/kustomize/limits.hpp"
#include "rules/kustomize/loader.hpp"
#include "rules/transform/selector.hpp"

namespace kustomize {

// The order of the objects where the kustomization has no `sortOptions`.
enum class Reorder : std::uint8_t {
    kUnspecified,  // as kLegacy: the command line's default
    kNone,         // as they were found
    kLegacy,       // Namespaces and other kinds that others need first, webhooks last
};

// How the directory itself is taken; those that it names are always taken as written.
enum class RootRule : std::uint8_t {
    kAsWritten,  // it needs a kustomization file that says something
    // As Flux does it: without a kustomization file one is made up (generate.hpp), and in one that lists no resources
    // `buildMetadata` becomes [originAnnotations].
    kCompleted,
};

// A patch from outside of the tree; without a target it names its object itself.
struct ExtraPatch {
    std::string patch;
    std::optional<transform::Target> target;
};

struct BuildOptions {
    LoadRestriction restriction = LoadRestriction::kRootOnly;
    Reorder reorder = Reorder::kUnspecified;
    RootRule root = RootRule::kAsWritten;
    bool managed_by_label = false;
    std::vector<ExtraPatch> patches;  // come after the kustomization's own `patches`
    BuildLimits limits;
};

// Builds the directory `root`, a path in the tree ("apps/web", or empty for its top), and answers the objects in order.
//
// Errors (each names the kustomization file and the field):
//   kNotFound       `root` is no directory, or has no kustomization (kCompleted: and no manifest either)
//   kInvalid        what is written is wrong: bad YAML, unknown field, missing file, a path out of the tree, a cycle, the same
//                   object twice, a patch without a match, …
//   kUnsupported    remote paths, Helm charts, functions and plugins that are not built in
//   kLimitExceeded  a bound of `limits`
base::Result<std::vector<model::Value>> build(const Files& files, std::string_view root,
                                              const BuildOptions& options);

}  // namespace kustomize
