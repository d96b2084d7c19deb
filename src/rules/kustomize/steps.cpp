// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/steps.hpp"

#include <utility>

#include <fmt/format.h>

#include "model/yaml.hpp"
#include "rules/kustomize/path.hpp"
#include "rules/kustomize/shapes.hpp"
#include "rules/transform/annotations.hpp"
#include "rules/transform/labels.hpp"
#include "rules/transform/name_affix.hpp"
#include "rules/transform/namespace.hpp"
#include "rules/transform/resources.hpp"

namespace kustomize {

namespace {

using base::Result;
using transform::Resources;

// The order of its public functions is the original's order of transformers.
class Steps {
public:
    Steps(Resources& resources, const Kustomization& kustomization,
          const transform::TransformerConfig& config, const StepContext& context)
        : resources_(resources), kustomization_(kustomization), config_(config), context_(context) {}

    Result<void> strategic_merges() {
        if (kustomization_.strategic_merges.empty()) {
            return {};
        }
        for (const std::string& entry : kustomization_.strategic_merges) {
            if (auto done = apply_strategic_merge(resources_, entry, context_); !done) {
                return named("patchesStrategicMerge", done);
            }
        }
        return end("PatchStrategicMergeTransformer");
    }

    Result<void> patches() { return patch_entries(kustomization_.patches, "patches", "PatchTransformer"); }

    Result<void> set_namespace() {
        if (kustomization_.ns.empty()) {
            return {};
        }
        transform::NamespaceChange change;
        change.ns = kustomization_.ns;
        change.fields = config_.name_space;
        if (auto done = transform::apply(resources_, change, context_.scopes); !done) {
            return named("namespace", done);
        }
        return end("NamespaceTransformer");
    }

    Result<void> prefix() {
        if (kustomization_.name_prefix.empty()) {
            return {};
        }
        const transform::NamePrefix prefix{kustomization_.name_prefix, config_.name_prefix};
        if (auto done = transform::apply(resources_, prefix); !done) {
            return named("namePrefix", done);
        }
        return end("PrefixTransformer");
    }

    Result<void> suffix() {
        if (kustomization_.name_suffix.empty()) {
            return {};
        }
        const transform::NameSuffix suffix{kustomization_.name_suffix, config_.name_suffix};
        if (auto done = transform::apply(resources_, suffix); !done) {
            return named("nameSuffix", done);
        }
        return end("SuffixTransformer");
    }

    Result<void> labels() {
        for (const model::Value& entry : kustomization_.labels) {
            const auto labels = transform::parse_labels(entry, config_);
            if (auto done = apply_labels(labels); !done) {
                return named("labels", done);
            }
        }
        // The original runs this one whenever one of the two fields is there.
        if (!kustomization_.common_labels.is_object()) {
            return kustomization_.labels.empty() ? Result<void>() : end("LabelTransformer");
        }
        const auto labels = transform::parse_common_labels(kustomization_.common_labels, config_);
        if (auto done = apply_labels(labels); !done) {
            return named("commonLabels", done);
        }
        return {};
    }

    Result<void> annotations() {
        const model::Object* pairs = kustomization_.common_annotations.if_object();
        if (pairs == nullptr || pairs->empty()) {
            return {};
        }
        const auto annotations =
            transform::parse_common_annotations(kustomization_.common_annotations, config_);
        if (!annotations) {
            return base::wrap("commonAnnotations", annotations.error());
        }
        if (auto done = transform::apply(resources_, *annotations); !done) {
            return named("commonAnnotations", done);
        }
        return end("AnnotationsTransformer");
    }

    Result<void> json_patches() {
        return patch_entries(kustomization_.json_patches, "patchesJson6902", "PatchJson6902Transformer");
    }

    Result<void> replicas() {
        for (const transform::Replicas& replicas : kustomization_.replicas) {
            if (auto done = transform::apply(resources_, replicas, config_.replicas); !done) {
                return named("replicas", done);
            }
            mark("ReplicaCountTransformer");
        }
        return {};
    }

    Result<void> images() {
        if (kustomization_.images.empty()) {
            return {};
        }
        if (auto done = transform::apply(resources_, kustomization_.images, config_.images); !done) {
            return named("images", done);
        }
        // One transformer per entry, as origins count them.
        for (std::size_t index = 0; index < (context_.follow_origins ? kustomization_.images.size() : 1);
             ++index) {
            mark("ImageTagTransformer");
        }
        return {};
    }

    Result<void> replacements() {
        if (kustomization_.replacements.empty()) {
            return {};
        }
        if (auto done = apply_replacements(resources_, kustomization_.replacements, context_); !done) {
            return named("replacements", done);
        }
        return end("ReplacementTransformer");
    }

private:
    Result<void> named(std::string_view field, const Result<void>& failed) const {
        return base::wrap(fmt::format("{}: {}", kustomization_.file, field), failed.error());
    }

    void mark(std::string_view kind) {
        end_step(resources_, context_, builtin_origin(context_, kustomization_.file, kind));
    }

    Result<void> end(std::string_view kind) {
        mark(kind);
        return {};
    }

    Result<void> patch_entries(const std::vector<transform::PatchEntry>& entries, std::string_view field,
                               std::string_view kind) {
        for (std::size_t index = 0; index < entries.size(); ++index) {
            if (auto done = apply_patch_entry(resources_, entries[index], context_); !done) {
                return named(fmt::format("{}[{}]", field, index), done);
            }
            mark(kind);
        }
        return {};
    }

    Result<void> apply_labels(const Result<transform::Labels>& labels) {
        if (!labels) {
            return labels.error();
        }
        if (auto done = transform::apply(resources_, *labels); !done) {
            return done;
        }
        return end("LabelTransformer");
    }

    Resources& resources_;
    const Kustomization& kustomization_;
    const transform::TransformerConfig& config_;
    const StepContext& context_;
};

}  // namespace

transform::Origin builtin_origin(const StepContext& context, std::string_view file, std::string_view kind) {
    transform::Origin origin;
    origin.configured_in = join_origin(context.place.origin, base_name(file));
    origin.by.version = "builtin";
    origin.by.kind = kind;
    return origin;
}

void end_step(Resources& resources, const StepContext& context, const transform::Origin& origin) {
    if (context.follow_origins) {
        for (transform::Resource& resource : resources) {
            // What has no origin yet was made by the transformer itself.
            if (resource.origin) {
                resource.transformations.push_back(origin);
            } else {
                resource.origin = origin;
            }
        }
    }
    transform::drop_deleted(resources);
}

Result<void> apply_patch_entry(Resources& resources, const transform::PatchEntry& entry,
                               const StepContext& context) {
    std::string_view text = entry.patch;
    if (!entry.path.empty()) {
        const auto read = context.loader.read(context.place, entry.path);
        if (!read) {
            return read.error();
        }
        text = *read;
    }
    const auto patch = transform::read_patch(entry, text);
    if (!patch) {
        return patch.error();
    }
    return transform::apply(resources, *patch, context.scopes);
}

Result<void> apply_strategic_merge(Resources& resources, const std::string& entry,
                                   const StepContext& context) {
    std::string_view text = entry;
    std::string source = "the inline patch";
    if (!is_inline(entry)) {
        const auto read = context.loader.read(context.place, entry);
        if (!read) {
            return read.error();
        }
        text = *read;
        source = entry;
    }
    const auto patch = transform::read_strategic_merge(text, source);
    if (!patch) {
        return patch.error();
    }
    return transform::apply(resources, *patch, context.scopes);
}

Result<void> apply_replacements(Resources& resources, std::vector<transform::ReplacementEntry> entries,
                                const StepContext& context) {
    std::vector<transform::Replacement> replacements;
    for (transform::ReplacementEntry& entry : entries) {
        if (entry.replacement) {
            replacements.push_back(*std::move(entry.replacement));
        }
        if (entry.path.empty()) {
            continue;
        }
        const auto text = context.loader.read(context.place, entry.path);
        if (!text) {
            return text.error();
        }
        auto content = model::parse_yaml_one(*text, entry.path);
        if (!content) {
            return content.error();
        }
        auto read = transform::parse_replacements(*content, entry.path);
        if (!read) {
            return read.error();
        }
        std::ranges::move(*read, std::back_inserter(replacements));
    }
    return transform::apply(resources, replacements, context.scopes);
}

Result<void> run_steps(Resources& resources, const Kustomization& kustomization,
                       const transform::TransformerConfig& config, const StepContext& context) {
    Steps steps(resources, kustomization, config, context);
    for (const auto step : {&Steps::strategic_merges, &Steps::patches, &Steps::set_namespace, &Steps::prefix,
                            &Steps::suffix, &Steps::labels, &Steps::annotations, &Steps::json_patches,
                            &Steps::replicas, &Steps::images, &Steps::replacements}) {
        if (auto done = (steps.*step)(); !done) {
            return done;
        }
    }
    return {};
}

}  // namespace kustomize
