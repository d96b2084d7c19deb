// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/plugin.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "rules/kustomize/hash.hpp"
#include "rules/kustomize/shapes.hpp"
#include "rules/kustomize/value_add.hpp"
#include "rules/transform/annotations.hpp"
#include "rules/transform/labels.hpp"
#include "rules/transform/name_affix.hpp"
#include "rules/transform/namespace.hpp"
#include "rules/transform/resources.hpp"

namespace kustomize {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using model::Value;
using transform::Resources;

constexpr std::string_view kBuiltin = "builtin";

// "PatchTransformer \"web\"": how messages name a configuration.
std::string title(const transform::Resource& configuration) {
    return fmt::format("{} \"{}\"", model::find_string(configuration.object, {"kind"}),
                       model::name_of(configuration.object));
}

// The configuration in the shape of its kind.
Result<Value> read_configuration(const transform::Resource& configuration) {
    const model::GroupVersionKind gvk = model::gvk_of(configuration.object);
    if (!gvk.group.empty() || gvk.version != kBuiltin) {
        return Error{ErrorCode::kUnsupported,
                     fmt::format("{} ({}) is not built in; functions and plugins are not run",
                                 title(configuration), gvk.api_version())};
    }
    if (gvk.kind == "HelmChartInflationGenerator") {
        return Error{ErrorCode::kUnsupported,
                     fmt::format("{}: Helm charts are not inflated; render the chart beforehand",
                                 title(configuration))};
    }
    const Shape* shape = plugin_shape(gvk.kind);
    if (shape == nullptr) {
        return Error{ErrorCode::kInvalid, fmt::format("there is no built-in {}", title(configuration))};
    }
    Value value = configuration.object;
    if (auto fits = conform(value, *shape, UnknownFields::kDrop); !fits) {
        return base::wrap(title(configuration), fits.error());
    }
    return value;
}

template <class Parsed, class... More>
Result<void> apply_parsed(Resources& resources, const Result<Parsed>& parsed, const More&... more) {
    return parsed ? transform::apply(resources, *parsed, more...) : Result<void>(parsed.error());
}

Result<void> transform_labels(Resources& resources, const Value& value, const StepContext&) {
    return apply_parsed(resources, transform::parse_label_transformer(value));
}

Result<void> transform_annotations(Resources& resources, const Value& value, const StepContext&) {
    return apply_parsed(resources, transform::parse_annotations_transformer(value));
}

Result<void> transform_namespace(Resources& resources, const Value& value, const StepContext& context) {
    return apply_parsed(resources, transform::parse_namespace_transformer(value), context.scopes);
}

Result<void> transform_prefix(Resources& resources, const Value& value, const StepContext&) {
    return apply_parsed(resources, transform::parse_prefix_transformer(value));
}

Result<void> transform_suffix(Resources& resources, const Value& value, const StepContext&) {
    return apply_parsed(resources, transform::parse_suffix_transformer(value));
}

Result<void> transform_prefix_and_suffix(Resources& resources, const Value& value,
                                         const StepContext& context) {
    auto done = transform_prefix(resources, value, context);
    return done ? transform_suffix(resources, value, context) : done;
}

Result<void> transform_images(Resources& resources, const Value& value, const StepContext&) {
    const auto parsed = transform::parse_image_transformer(value);
    return parsed ? transform::apply(resources, {parsed->image}, parsed->fields)
                  : Result<void>(parsed.error());
}

Result<void> transform_replicas(Resources& resources, const Value& value, const StepContext&) {
    const auto parsed = transform::parse_replicas_transformer(value);
    return parsed ? transform::apply(resources, parsed->replicas, parsed->fields)
                  : Result<void>(parsed.error());
}

Result<void> transform_patch(Resources& resources, const Value& value, const StepContext& context) {
    const auto entry = transform::parse_patch_entry(value);
    return entry ? apply_patch_entry(resources, *entry, context) : Result<void>(entry.error());
}

Result<void> transform_json_patch(Resources& resources, const Value& value, const StepContext& context) {
    const auto entry = transform::parse_json6902_entry(value);
    return entry ? apply_patch_entry(resources, *entry, context) : Result<void>(entry.error());
}

Result<void> transform_strategic_merge(Resources& resources, const Value& value, const StepContext& context) {
    const model::Array* paths = model::find_array(value, {"paths"});
    const std::string_view patches = model::find_string(value, {"patches"});
    if ((paths == nullptr || paths->empty()) && patches.empty()) {
        return Error{ErrorCode::kInvalid, "it has neither paths nor patches"};
    }
    for (const Value& path : paths == nullptr ? model::Array() : *paths) {
        const std::string entry(path.get_string());
        if (auto done = apply_strategic_merge(resources, entry, context); !done) {
            return done;
        }
    }
    if (patches.empty()) {
        return {};
    }
    const auto patch = transform::read_strategic_merge(patches, "the inline patch");
    return patch ? transform::apply(resources, *patch, context.scopes) : Result<void>(patch.error());
}

Result<void> transform_replacements(Resources& resources, const Value& value, const StepContext& context) {
    std::vector<transform::ReplacementEntry> entries;
    const model::Array* list = model::find_array(value, {"replacements"});
    for (const Value& item : list == nullptr ? model::Array() : *list) {
        auto entry = transform::parse_replacement_entry(item);
        if (!entry) {
            return entry.error();
        }
        entries.push_back(*std::move(entry));
    }
    return apply_replacements(resources, std::move(entries), context);
}

Result<void> transform_hash(Resources& resources, const Value&, const StepContext&) {
    add_hashes(resources);
    return {};
}

using Transform = Result<void> (*)(Resources&, const Value&, const StepContext&);

constexpr auto kTransformers = std::to_array<std::pair<std::string_view, Transform>>({
    {"AnnotationsTransformer", transform_annotations},
    {"HashTransformer", transform_hash},
    {"ImageTagTransformer", transform_images},
    {"LabelTransformer", transform_labels},
    {"NamespaceTransformer", transform_namespace},
    {"PatchJson6902Transformer", transform_json_patch},
    {"PatchStrategicMergeTransformer", transform_strategic_merge},
    {"PatchTransformer", transform_patch},
    {"PrefixSuffixTransformer", transform_prefix_and_suffix},
    {"PrefixTransformer", transform_prefix},
    {"SuffixTransformer", transform_suffix},
    {"ReplacementTransformer", transform_replacements},
    {"ReplicaCountTransformer", transform_replicas},
    {"ValueAddTransformer", add_value},
});

Result<transform::Resource> generate(std::string_view kind, const Value& value, const StepContext& context) {
    if (kind == "IAMPolicyGenerator") {
        const auto at = [&](std::string_view map, std::string_view key) {
            return std::string(model::find_string(value, {map, key}));
        };
        return generate_service_account({.cloud = std::string(model::find_string(value, {"cloud"})),
                                         .ns = at("kubernetesService", "namespace"),
                                         .name = at("kubernetesService", "name"),
                                         .project = at("serviceAccount", "projectId"),
                                         .account = at("serviceAccount", "name")});
    }
    GeneratorArgs args = parse_generator(
        value, kind == "SecretGenerator" ? GeneratedKind::kSecret : GeneratedKind::kConfigMap);
    if (args.name.empty()) {
        args.name = model::find_string(value, {"metadata", "name"});
    }
    if (args.ns.empty()) {
        args.ns = model::find_string(value, {"metadata", "namespace"});
    }
    return generate_resource(args,
                             [&](std::string_view path) { return context.loader.read(context.place, path); });
}

// A configuration as the origin of what it makes or changes.
transform::Origin origin_of(const transform::Resource& configuration) {
    transform::Origin origin;
    origin.configured_in = configuration.origin ? configuration.origin->path : "";
    origin.by = model::gvk_of(configuration.object);
    origin.by_name = model::name_of(configuration.object);
    origin.by_namespace = model::namespace_of(configuration.object);
    return origin;
}

// What a validator may add.
void drop_validated_by(Value& object) {
    Value* metadata = object.is_object() ? object.get_object().if_contains("metadata") : nullptr;
    Value* labels =
        metadata != nullptr && metadata->is_object() ? metadata->get_object().if_contains("labels") : nullptr;
    if (labels != nullptr && labels->is_object() && labels->get_object().erase("validated-by") > 0 &&
        labels->get_object().empty()) {
        metadata->get_object().erase("labels");
    }
}

}  // namespace

Result<Resources> run_generator(const transform::Resource& configuration, const StepContext& context) {
    auto value = read_configuration(configuration);
    if (!value) {
        return value.error();
    }
    const std::string_view kind = model::find_string(configuration.object, {"kind"});
    if (!kind.ends_with("Generator")) {
        return Error{ErrorCode::kInvalid, fmt::format("{} is no generator", title(configuration))};
    }
    auto generated = generate(kind, *value, context);
    if (!generated) {
        return base::wrap(title(configuration), generated.error());
    }
    if (context.follow_origins) {
        generated->origin = origin_of(configuration);
    }
    Resources resources;
    resources.push_back(*std::move(generated));
    return resources;
}

Result<void> run_transformer(Resources& resources, const transform::Resource& configuration,
                             const StepContext& context) {
    auto value = read_configuration(configuration);
    if (!value) {
        return value.error();
    }
    const std::string_view kind = model::find_string(configuration.object, {"kind"});
    const auto* found =
        std::ranges::find(kTransformers, kind, &std::pair<std::string_view, Transform>::first);
    if (found == kTransformers.end()) {
        return Error{ErrorCode::kInvalid, fmt::format("{} is no transformer", title(configuration))};
    }
    if (auto done = found->second(resources, *value, context); !done) {
        return base::wrap(title(configuration), done.error());
    }
    end_step(resources, context, origin_of(configuration));
    return {};
}

Result<void> run_validator(Resources& resources, const transform::Resource& configuration,
                           const StepContext& context) {
    std::vector<Value> before;
    before.reserve(resources.size());
    for (const transform::Resource& resource : resources) {
        before.push_back(resource.object);
    }
    if (auto done = run_transformer(resources, configuration, context); !done) {
        return done;
    }
    bool same = before.size() == resources.size();
    for (std::size_t index = 0; same && index < before.size(); ++index) {
        Value after = resources[index].object;
        drop_validated_by(after);
        same = after == before[index];
    }
    return same ? Result<void>()
                : Error{ErrorCode::kInvalid,
                        fmt::format("the validator {} changed an object", title(configuration))};
}

void add_hashes(Resources& resources) {
    for (transform::Resource& resource : resources) {
        if (!resource.needs_hash) {
            continue;
        }
        transform::remember_id(resource);
        Value& metadata = resource.object.get_object()["metadata"];
        metadata.get_object()["name"] =
            fmt::format("{}-{}", model::name_of(resource.object), content_hash(resource.object));
    }
}

}  // namespace kustomize
