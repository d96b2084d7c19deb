// SPDX-License-Identifier: 0BSD
// Kustomization: what a kustomization file says, read and checked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/kustomize/files.hpp"
#include "rules/kustomize/generator.hpp"
#include "rules/transform/images.hpp"
#include "rules/transform/patches.hpp"
#include "rules/transform/replacements.hpp"
#include "rules/transform/replicas.hpp"
#include "rules/transform/vars.hpp"

namespace kustomize {

// What `buildMetadata` asks for.
struct BuildMetadata {
    bool origin_annotations = false;
    bool transformer_annotations = false;
    bool managed_by_label = false;
    bool any = false;  // origins are followed once anything is asked for
};

struct Kustomization {
    std::string file;        // its path; of one that was made up, the path that it would have
    bool component = false;  // kind: Component

    std::vector<std::string> resources;  // with `bases` behind them
    bool lists_resources = false;        // `resources` itself is not empty
    std::vector<std::string> components;
    std::vector<std::string> crds;
    std::vector<std::string> configurations;
    std::string openapi_path;
    std::string openapi_version;

    std::vector<GeneratorArgs> config_maps;  // generatorOptions are merged in already
    std::vector<GeneratorArgs> secrets;
    std::vector<std::string> generators;  // paths, or the text of a configuration
    std::vector<std::string> transformers;
    std::vector<std::string> validators;

    std::vector<std::string> strategic_merges;  // paths, or the text of a patch
    std::vector<transform::PatchEntry> patches;
    std::vector<transform::PatchEntry> json_patches;
    std::string ns;
    std::string name_prefix;
    std::string name_suffix;
    model::Array labels;         // entries {pairs, includeSelectors, includeTemplates, fields}
    model::Value common_labels;  // map or null
    model::Value common_annotations;
    std::vector<transform::Replicas> replicas;
    std::vector<transform::Image> images;
    std::vector<transform::ReplacementEntry> replacements;
    transform::Variables vars;

    BuildMetadata metadata;
    model::Value sort_options;  // map or null
};

// The directory's kustomization file: kustomization.yaml, kustomization.yml or Kustomization; empty when it has none.
// Errors: kInvalid (more than one).
base::Result<std::string> find_kustomization(const Files& files, std::string_view directory);

enum class WhenEmpty : std::uint8_t { kRefuse, kAccept };

// Reads the text of a kustomization file. Field names are taken in any case, as the original does; `bases`, `imageTags` and a
// generator's `env` become what replaced them.
//
// Errors (each names the file, and the field):
//   kInvalid      bad YAML, another kind or apiVersion, an unknown field, a wrong type, a malformed entry, or no field at all
//   kUnsupported  Helm charts
base::Result<Kustomization> parse_kustomization(std::string_view text, std::string_view file,
                                                WhenEmpty when_empty = WhenEmpty::kRefuse);

// Reads the conformed map of one generator: an entry of configMapGenerator or secretGenerator.
GeneratorArgs parse_generator(const model::Value& entry, GeneratedKind kind);

}  // namespace kustomize
