// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/kustomization.hpp"

#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "model/yaml.hpp"
#include "rules/kustomize/path.hpp"
#include "rules/kustomize/repeated_keys.hpp"
#include "rules/kustomize/shapes.hpp"

namespace kustomize {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using model::Array;
using model::Value;

constexpr std::array<std::string_view, 3> kFileNames = {"kustomization.yaml", "kustomization.yml",
                                                        "Kustomization"};
constexpr std::string_view kKustomizationVersion = "kustomize.config.k8s.io/v1beta1";
constexpr std::string_view kComponentVersion = "kustomize.config.k8s.io/v1alpha1";

std::vector<std::string> texts(const Value& map, std::string_view key) {
    std::vector<std::string> result;
    if (const Array* list = model::find_array(map, {key})) {
        result.reserve(list->size());
        for (const Value& item : *list) {
            result.emplace_back(item.get_string());
        }
    }
    return result;
}

std::map<std::string, std::string> text_map(const Value& map, std::string_view key) {
    std::map<std::string, std::string> result;
    if (const model::Object* pairs = model::find_object(map, {key})) {
        for (const auto& pair : *pairs) {
            result.emplace(pair.key(), pair.value().get_string());
        }
    }
    return result;
}

std::string text(const Value& map, std::string_view key) {
    return std::string(model::find_string(map, {key}));
}

GeneratorOptions parse_options(const Value& map, std::string_view key) {
    const Value* options = model::find(map, {key});
    if (options == nullptr) {
        return {};
    }
    return {.labels = text_map(*options, "labels"),
            .annotations = text_map(*options, "annotations"),
            .disable_name_suffix_hash = model::find_bool(*options, {"disableNameSuffixHash"}).value_or(false),
            .immutable = model::find_bool(*options, {"immutable"}).value_or(false)};
}

std::vector<GeneratorArgs> parse_generators(const Value& root, std::string_view key, GeneratedKind kind,
                                            const GeneratorOptions& options) {
    std::vector<GeneratorArgs> result;
    if (const Array* list = model::find_array(root, {key})) {
        for (const Value& entry : *list) {
            result.push_back(parse_generator(entry, kind));
            result.back().options = merge_options(std::move(result.back().options), options);
        }
    }
    return result;
}

// Reads each entry of the list at `key` with `parse`.
template <class T>
Result<void> parse_list(std::vector<T>& into, const Value& root, std::string_view key,
                        Result<T> (*parse)(const Value&)) {
    const Array* list = model::find_array(root, {key});
    if (list == nullptr) {
        return {};
    }
    for (std::size_t index = 0; index < list->size(); ++index) {
        auto entry = parse((*list)[index]);
        if (!entry) {
            return base::wrap(fmt::format("{}[{}]", key, index), entry.error());
        }
        into.push_back(*std::move(entry));
    }
    return {};
}

Result<void> check_type(const Value& root) {
    const std::string_view kind = model::find_string(root, {"kind"});
    const std::string_view version = model::find_string(root, {"apiVersion"});
    if (!kind.empty() && kind != "Kustomization" && kind != "Component") {
        return Error{ErrorCode::kInvalid,
                     fmt::format("kind must be Kustomization or Component, not {}", kind)};
    }
    const std::string_view wanted = kind == "Component" ? kComponentVersion : kKustomizationVersion;
    if (!version.empty() && version != wanted) {
        return Error{ErrorCode::kInvalid,
                     fmt::format("apiVersion of a {} must be {}, not {}",
                                 kind.empty() ? std::string_view("Kustomization") : kind, wanted, version)};
    }
    return {};
}

// Whether nothing but the type is there. Lists that fields were renamed from count as what they become.
bool says_nothing(const model::Object& root) {
    for (const auto& entry : root) {
        const std::string_view key = entry.key();
        const Value& value = entry.value();
        const bool nothing = key == "apiVersion" || key == "kind" ||
                             (value.is_string() && value.get_string().empty()) ||
                             ((key == "bases" || key == "imageTags") && value.get_array().empty());
        if (!nothing) {
            return false;
        }
    }
    return true;
}

Result<void> refuse_helm(const Value& root) {
    for (const std::string_view key : {"helmCharts", "helmChartInflationGenerator", "helmGlobals"}) {
        const Value* value = model::find(root, {key});
        const bool empty = value == nullptr || (value->is_array() && value->get_array().empty()) ||
                           (value->is_object() && value->get_object().empty());
        if (!empty) {
            return Error{ErrorCode::kUnsupported,
                         fmt::format("{}: Helm charts are not inflated; render the chart beforehand", key)};
        }
    }
    return {};
}

BuildMetadata parse_build_metadata(const Value& root) {
    BuildMetadata metadata;
    for (const std::string& option : texts(root, "buildMetadata")) {
        metadata.any = true;
        metadata.origin_annotations = metadata.origin_annotations || option == "originAnnotations";
        metadata.transformer_annotations =
            metadata.transformer_annotations || option == "transformerAnnotations";
        metadata.managed_by_label = metadata.managed_by_label || option == "managedByLabel";
    }
    return metadata;
}

Value taken(Value& root, std::string_view key) {
    Value* found = root.get_object().if_contains(key);
    return found == nullptr ? Value() : std::move(*found);
}

void parse_lists(Kustomization& result, const Value& root) {
    result.component = model::find_string(root, {"kind"}) == "Component";
    result.resources = texts(root, "resources");
    result.lists_resources = !result.resources.empty();
    for (std::string& base : texts(root, "bases")) {
        result.resources.push_back(std::move(base));
    }
    result.components = texts(root, "components");
    result.crds = texts(root, "crds");
    result.configurations = texts(root, "configurations");
    result.openapi_path = model::find_string(root, {"openapi", "path"});
    result.openapi_version = model::find_string(root, {"openapi", "version"});
    const GeneratorOptions options = parse_options(root, "generatorOptions");
    result.config_maps = parse_generators(root, "configMapGenerator", GeneratedKind::kConfigMap, options);
    result.secrets = parse_generators(root, "secretGenerator", GeneratedKind::kSecret, options);
    result.generators = texts(root, "generators");
    result.transformers = texts(root, "transformers");
    result.validators = texts(root, "validators");
    result.metadata = parse_build_metadata(root);
}

Result<void> parse_transformers(Kustomization& result, Value& root) {
    result.strategic_merges = texts(root, "patchesStrategicMerge");
    result.ns = text(root, "namespace");
    result.name_prefix = text(root, "namePrefix");
    result.name_suffix = text(root, "nameSuffix");
    for (const std::string_view key : {"images", "imageTags"}) {
        if (auto done = parse_list(result.images, root, key, transform::parse_image); !done) {
            return done;
        }
    }
    if (auto done = parse_list(result.patches, root, "patches", transform::parse_patch_entry); !done) {
        return done;
    }
    if (auto done = parse_list(result.json_patches, root, "patchesJson6902", transform::parse_json6902_entry);
        !done) {
        return done;
    }
    if (auto done = parse_list(result.replicas, root, "replicas", transform::parse_replicas); !done) {
        return done;
    }
    if (auto done = parse_list(result.replacements, root, "replacements", transform::parse_replacement_entry);
        !done) {
        return done;
    }
    if (auto done = parse_list(result.vars, root, "vars", transform::parse_variable); !done) {
        return done;
    }
    if (Value labels = taken(root, "labels"); labels.is_array()) {
        result.labels = std::move(labels.get_array());
    }
    result.common_labels = taken(root, "commonLabels");
    result.common_annotations = taken(root, "commonAnnotations");
    result.sort_options = taken(root, "sortOptions");
    return {};
}

Result<Kustomization> parse_root(Value root, WhenEmpty when_empty) {
    if (auto fits = conform(root, kustomization_shape(), UnknownFields::kRefuse); !fits) {
        return fits.error();
    }
    if (auto checked = check_type(root); !checked) {
        return checked.error();
    }
    if (auto checked = refuse_helm(root); !checked) {
        return checked.error();
    }
    if (when_empty == WhenEmpty::kRefuse && says_nothing(root.get_object())) {
        return Error{ErrorCode::kInvalid, "the kustomization is empty"};
    }
    Kustomization result;
    parse_lists(result, root);
    if (auto parsed = parse_transformers(result, root); !parsed) {
        return parsed.error();
    }
    return result;
}

}  // namespace

Result<std::string> find_kustomization(const Files& files, std::string_view directory) {
    std::string found;
    for (const std::string_view name : kFileNames) {
        std::string path = directory.empty() ? std::string(name) : fmt::format("{}/{}", directory, name);
        if (!files.read(path)) {
            continue;
        }
        if (!found.empty()) {
            return Error{ErrorCode::kInvalid,
                         fmt::format("{} has more than one kustomization file: {} and {}", shown(directory),
                                     base_name(found), name)};
        }
        found = std::move(path);
    }
    return found;
}

Result<Kustomization> parse_kustomization(std::string_view text, std::string_view file,
                                          WhenEmpty when_empty) {
    auto documents = model::parse_yaml(text, file);
    if (!documents) {
        // The place of the fault counts in the text as it is, so the first error is told.
        auto again = model::parse_yaml(without_repeated_fields(text), file);
        if (!again) {
            return documents.error();
        }
        documents = std::move(again);
    }
    // Like the original, only the first document is read.
    Value root = documents->empty() ? Value() : std::move(documents->front().value);
    if (root.is_null()) {
        root = model::Object();
    }
    auto result = parse_root(std::move(root), when_empty);
    if (!result) {
        return base::wrap(std::string(file), result.error());
    }
    result->file = file;
    return result;
}

GeneratorArgs parse_generator(const Value& entry, GeneratedKind kind) {
    GeneratorArgs args{.kind = kind,
                       .name = text(entry, "name"),
                       .ns = text(entry, "namespace"),
                       .type = text(entry, "type"),
                       .behavior = text(entry, "behavior"),
                       .literals = texts(entry, "literals"),
                       .files = texts(entry, "files"),
                       .envs = texts(entry, "envs"),
                       .options = parse_options(entry, "options")};
    if (std::string env = text(entry, "env"); !env.empty()) {
        args.envs.push_back(std::move(env));
    }
    return args;
}

}  // namespace kustomize
