// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/generator.hpp"

#include <utility>

#include <fmt/format.h>

#include "model/utf8.hpp"
#include "rules/kustomize/key_values.hpp"
#include "rules/kustomize/path.hpp"

namespace kustomize {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using model::Object;
using model::Value;

std::string_view kind_of(GeneratedKind kind) {
    return kind == GeneratedKind::kConfigMap ? "ConfigMap" : "Secret";
}

// Which file or literal an error is about is in the error itself; this names the generator.
Error at_generator(const GeneratorArgs& args, Error error) {
    return base::wrap(fmt::format("{} generator \"{}\"", kind_of(args.kind), args.name), std::move(error));
}

// Env files first, then literals, then files: the original's order, in which a repeated key is reported.
Result<std::vector<KeyValue>> load_pairs(const GeneratorArgs& args, const ReadFile& read) {
    std::vector<KeyValue> pairs;
    for (const std::string& path : args.envs) {
        const auto text = read(path);
        if (!text) {
            return text.error();
        }
        auto lines = parse_env_file(*text);
        if (!lines) {
            return base::wrap(path, lines.error());
        }
        std::ranges::move(*lines, std::back_inserter(pairs));
    }
    for (const std::string& literal : args.literals) {
        auto pair = parse_literal(literal);
        if (!pair) {
            return pair.error();
        }
        pairs.push_back(*std::move(pair));
    }
    for (const std::string& file : args.files) {
        auto source = parse_file_source(file);
        if (!source) {
            return source.error();
        }
        const auto text = read(source->path);
        if (!text) {
            return text.error();
        }
        pairs.push_back({std::move(source->key), std::string(*text)});
    }
    return pairs;
}

Object to_object(const std::map<std::string, std::string>& texts) {
    Object object;
    object.reserve(texts.size());
    for (const auto& [key, value] : texts) {
        object.emplace(key, value);
    }
    return object;
}

// Text goes to a ConfigMap's data as it is, other bytes to its binaryData; a Secret's data is Base64 in any case.
Result<void> add_data(Object& object, const GeneratorArgs& args, std::vector<KeyValue> pairs) {
    Object data;
    Object binary;
    for (KeyValue& pair : pairs) {
        if (data.contains(pair.key) || binary.contains(pair.key)) {
            return Error{ErrorCode::kInvalid, fmt::format("the key \"{}\" comes twice", pair.key)};
        }
        if (args.kind == GeneratedKind::kSecret) {
            data.emplace(pair.key, base64_lines(pair.value));
        } else if (model::is_utf8(pair.value)) {
            data.emplace(pair.key, std::move(pair.value));
        } else {
            binary.emplace(pair.key, base64_lines(pair.value));
        }
    }
    if (!data.empty() || args.kind == GeneratedKind::kSecret) {
        object.emplace("data", std::move(data));
    }
    if (!binary.empty()) {
        object.emplace("binaryData", std::move(binary));
    }
    return {};
}

transform::Behavior behavior_of(std::string_view text) {
    return text == "create"    ? transform::Behavior::kCreate
           : text == "replace" ? transform::Behavior::kReplace
           : text == "merge"   ? transform::Behavior::kMerge
                               : transform::Behavior::kUnspecified;
}

Object make_metadata(const GeneratorArgs& args) {
    Object metadata{{"name", args.name}};
    if (!args.ns.empty()) {
        metadata.emplace("namespace", args.ns);
    }
    if (!args.options.labels.empty()) {
        metadata.emplace("labels", to_object(args.options.labels));
    }
    if (!args.options.annotations.empty()) {
        metadata.emplace("annotations", to_object(args.options.annotations));
    }
    return metadata;
}

}  // namespace

GeneratorOptions merge_options(GeneratorOptions own, const GeneratorOptions& all) {
    own.labels.insert(all.labels.begin(), all.labels.end());
    own.annotations.insert(all.annotations.begin(), all.annotations.end());
    own.disable_name_suffix_hash = own.disable_name_suffix_hash || all.disable_name_suffix_hash;
    own.immutable = own.immutable || all.immutable;
    return own;
}

Result<transform::Resource> generate_resource(const GeneratorArgs& args, const ReadFile& read) {
    if (args.name.empty()) {
        return Error{ErrorCode::kInvalid, fmt::format("a {} generator has no name", kind_of(args.kind))};
    }
    auto pairs = load_pairs(args, read);
    if (!pairs) {
        return at_generator(args, pairs.error());
    }
    transform::Resource resource;
    resource.object = Object{{"apiVersion", "v1"}, {"kind", kind_of(args.kind)}};
    Object& object = resource.object.get_object();
    object.emplace("metadata", make_metadata(args));
    if (args.kind == GeneratedKind::kSecret) {
        object.emplace("type", args.type.empty() ? std::string_view("Opaque") : std::string_view(args.type));
    }
    if (auto added = add_data(object, args, *std::move(pairs)); !added) {
        return at_generator(args, added.error());
    }
    if (args.options.immutable) {
        object.emplace("immutable", true);
    }
    resource.behavior = behavior_of(args.behavior);
    resource.needs_hash = !args.options.disable_name_suffix_hash;
    return resource;
}

Result<transform::Resource> generate_service_account(const CloudIdentity& identity) {
    if (identity.cloud != "gke") {
        return Error{
            ErrorCode::kInvalid,
            fmt::format("IAMPolicyGenerator: the cloud is \"{}\", only gke is known", identity.cloud)};
    }
    Object metadata{{"name", identity.name}};
    if (!identity.ns.empty()) {
        metadata.emplace("namespace", identity.ns);
    }
    metadata.emplace(
        "annotations",
        Object{{"iam.gke.io/gcp-service-account",
                fmt::format("{}@{}.iam.gserviceaccount.com", identity.account, identity.project)}});
    transform::Resource resource;
    resource.object =
        Object{{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", std::move(metadata)}};
    return resource;
}

}  // namespace kustomize
