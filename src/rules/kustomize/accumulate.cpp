// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/accumulate.hpp"

#include <utility>

#include <fmt/format.h>

#include "model/yaml.hpp"
#include "rules/kustomize/path.hpp"
#include "rules/kustomize/plugin.hpp"
#include "rules/kustomize/resource_file.hpp"
#include "rules/transform/resources.hpp"

namespace kustomize {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using transform::Resources;

constexpr std::string_view kSchemaVersion = "v1.21.2";  // of the schema that kustomize brings along

// "base/kustomization.yaml: resources: …"; a failed entry below keeps its own place in front of its reason.
Error at(const Kustomization& kustomization, std::string_view field, Error error) {
    return base::wrap(fmt::format("{}: {}", kustomization.file, field), std::move(error));
}

Result<void> check_remote(const Kustomization& kustomization, std::string_view field, std::string_view path) {
    if (is_inline(path) || !is_remote(path)) {
        return {};
    }
    return at(
        kustomization, field,
        {ErrorCode::kUnsupported, fmt::format("\"{}\" is remote; only files of the tree are used", path)});
}

// The fields of a kustomization that hold paths.
std::vector<std::pair<std::string_view, std::string_view>> paths_in(const Kustomization& kustomization) {
    std::vector<std::pair<std::string_view, std::string_view>> paths;
    const auto add = [&](std::string_view field, const std::vector<std::string>& list) {
        for (const std::string& path : list) {
            paths.emplace_back(field, path);
        }
    };
    add("resources", kustomization.resources);
    add("components", kustomization.components);
    add("crds", kustomization.crds);
    add("configurations", kustomization.configurations);
    add("generators", kustomization.generators);
    add("transformers", kustomization.transformers);
    add("validators", kustomization.validators);
    add("patchesStrategicMerge", kustomization.strategic_merges);
    paths.emplace_back("openapi", kustomization.openapi_path);
    for (const transform::PatchEntry& patch : kustomization.patches) {
        paths.emplace_back("patches", patch.path);
    }
    for (const transform::PatchEntry& patch : kustomization.json_patches) {
        paths.emplace_back("patchesJson6902", patch.path);
    }
    for (const transform::ReplacementEntry& replacement : kustomization.replacements) {
        paths.emplace_back("replacements", replacement.path);
    }
    for (const GeneratorArgs& args : kustomization.config_maps) {
        add("configMapGenerator", args.files);
        add("configMapGenerator", args.envs);
    }
    for (const GeneratorArgs& args : kustomization.secrets) {
        add("secretGenerator", args.files);
        add("secretGenerator", args.envs);
    }
    return paths;
}

// Remote paths are refused before anything is read.
Result<void> refuse_remote_paths(const Kustomization& kustomization) {
    for (const auto& [field, path] : paths_in(kustomization)) {
        if (auto checked = check_remote(kustomization, field, path); !checked) {
            return checked;
        }
    }
    return {};
}

}  // namespace

Result<void> Config::merge(const transform::TransformerConfig& more) {
    if (!own_) {
        own_ = transform::default_config();
    }
    return transform::merge(*own_, more);
}

Result<void> Config::merge(const Config& more) { return more.own_ ? merge(*more.own_) : Result<void>(); }

Accumulator::Accumulator(Loader& loader, bool follow_origins)
    : loader_(loader), follow_origins_(follow_origins), schema_(patch::kustomize_schema()) {
    scopes_.emplace(*schema_);
}

Result<void> Accumulator::accumulate(const Place& place, const Kustomization& kustomization,
                                     Accumulated& into) {
    if (auto checked = refuse_remote_paths(kustomization); !checked) {
        return checked;
    }
    if (auto set = set_schema(place, kustomization); !set) {
        return at(kustomization, "openapi", set.error());
    }
    return take_in(place, kustomization, into);
}

Result<void> Accumulator::take_in(const Place& place, const Kustomization& kustomization, Accumulated& into) {
    if (auto added = add_paths(place, kustomization.resources, into); !added) {
        return at(kustomization, "resources", added.error());
    }
    if (auto added = add_configurations(place, kustomization, into.config); !added) {
        return added;
    }
    const StepContext context{loader_, place, *scopes_, follow_origins_};
    if (auto added = add_generated(context, kustomization, into.resources); !added) {
        return added;
    }
    if (auto added = add_components(place, kustomization, into); !added) {
        return at(kustomization, "components", added.error());
    }
    if (auto done = run_steps(into.resources, kustomization, into.config.get(), context); !done) {
        return done;
    }
    const auto transformers = configurations(context, kustomization, kustomization.transformers);
    if (!transformers) {
        return at(kustomization, "transformers", transformers.error());
    }
    for (const transform::Resource& configuration : *transformers) {
        if (auto done = run_transformer(into.resources, configuration, context); !done) {
            return at(kustomization, "transformers", done.error());
        }
    }
    const auto validators = configurations(context, kustomization, kustomization.validators);
    if (!validators) {
        return at(kustomization, "validators", validators.error());
    }
    for (const transform::Resource& configuration : *validators) {
        if (auto done = run_validator(into.resources, configuration, context); !done) {
            return at(kustomization, "validators", done.error());
        }
    }
    if (auto declared =
            transform::declare_variables(into.variables, kustomization.vars, into.resources, *scopes_);
        !declared) {
        return at(kustomization, "vars", declared.error());
    }
    return {};
}

Result<void> Accumulator::set_schema(const Place& place, const Kustomization& kustomization) {
    if (schema_is_set_ || (kustomization.openapi_path.empty() && kustomization.openapi_version.empty())) {
        return {};
    }
    if (kustomization.openapi_path.empty()) {
        schema_is_set_ = true;
        return kustomization.openapi_version == kSchemaVersion
                   ? Result<void>()
                   : Error{ErrorCode::kInvalid, fmt::format("the version {} is not built in, only {}",
                                                            kustomization.openapi_version, kSchemaVersion)};
    }
    if (!kustomization.openapi_version.empty()) {
        return Error{ErrorCode::kInvalid, "it has both a path and a version"};
    }
    const auto text = loader_.read(place, kustomization.openapi_path);
    if (!text) {
        return text.error();
    }
    const auto content = model::parse_yaml_one(*text, kustomization.openapi_path);
    if (!content) {
        return content.error();
    }
    auto schema = patch::parse_schema(*content);
    if (!schema) {
        return base::wrap(kustomization.openapi_path, schema.error());
    }
    schema_ = *std::move(schema);
    scopes_.emplace(*schema_);
    schema_is_set_ = true;
    return {};
}

Result<void> Accumulator::add_paths(const Place& place, const std::vector<std::string>& paths,
                                    Accumulated& into) {
    transform::Appender appender(into.resources, *scopes_);
    for (const std::string& path : paths) {
        const auto located = loader_.locate(place, path);
        if (!located) {
            return located.error();
        }
        Resources added;
        if (located->directory) {
            auto below = add_directory(place, path);
            if (!below) {
                return below.error();
            }
            if (auto merged = into.config.merge(below->config); !merged) {
                return merged;
            }
            if (auto merged = transform::merge_variables(into.variables, below->variables); !merged) {
                return merged;
            }
            added = std::move(below->resources);
        } else {
            auto read = read_file(place, path);
            if (!read) {
                return read.error();
            }
            added = *std::move(read);
        }
        for (transform::Resource& resource : added) {
            if (auto appended = appender.append(std::move(resource)); !appended) {
                return base::wrap(path, appended.error());
            }
        }
    }
    return {};
}

Result<Accumulated> Accumulator::add_directory(const Place& place, std::string_view path) {
    const auto below = loader_.enter(place, path);
    if (!below) {
        return below.error();
    }
    const auto kustomization = load(*below, Kind::kResource);
    if (!kustomization) {
        return kustomization.error();
    }
    Accumulated result;
    if (auto done = accumulate(*below, *kustomization, result); !done) {
        return done.error();
    }
    return result;
}

Result<Kustomization> Accumulator::load(const Place& place, Kind wanted) {
    const auto file = find_kustomization(loader_.files(), place.directory);
    if (!file) {
        return file.error();
    }
    if (file->empty()) {
        return Error{ErrorCode::kInvalid,
                     fmt::format("the directory {} has no kustomization file", shown(place.directory))};
    }
    const auto text = loader_.read(place, base_name(*file));
    if (!text) {
        return text.error();
    }
    auto kustomization = parse_kustomization(*text, *file);
    if (kustomization && kustomization->component != (wanted == Kind::kComponent)) {
        return Error{ErrorCode::kInvalid,
                     fmt::format("{} is a {}: name it in {}", *file,
                                 kustomization->component ? "Component" : "Kustomization",
                                 kustomization->component ? "components" : "resources")};
    }
    return kustomization;
}

Result<Resources> Accumulator::read_file(const Place& place, std::string_view path) {
    const auto text = loader_.read(place, path);
    if (!text) {
        return text.error();
    }
    auto resources = read_resources(*text, path, {.nodes_max = loader_.budget().limits().file_nodes_max});
    if (!resources) {
        return resources;
    }
    if (auto charged = loader_.budget().charge_objects(resources->size()); !charged) {
        return charged.error();
    }
    for (transform::Resource& resource : *resources) {
        if (auto charged = loader_.budget().charge_aliases(*text, resource.object); !charged) {
            return charged.error();
        }
        if (follow_origins_) {
            resource.origin.emplace().path = join_origin(place.origin, path);
        }
    }
    return resources;
}

Result<void> Accumulator::add_configurations(const Place& place, const Kustomization& kustomization,
                                             Config& into) {
    const auto add = [&](std::string_view field, const std::string& path, const auto& parse) -> Result<void> {
        const auto text = loader_.read(place, path);
        if (!text) {
            return at(kustomization, field, text.error());
        }
        const auto content = model::parse_yaml_one(*text, path);
        if (!content) {
            return at(kustomization, field, content.error());
        }
        const auto config = parse(*content, path);
        if (!config) {
            return at(kustomization, field, config.error());
        }
        auto merged = into.merge(*config);
        return merged ? merged : at(kustomization, field, merged.error());
    };
    for (const std::string& path : kustomization.configurations) {
        if (auto added = add("configurations", path, transform::parse_config); !added) {
            return added;
        }
    }
    for (const std::string& path : kustomization.crds) {
        if (auto added = add("crds", path, transform::parse_crd_config); !added) {
            return added;
        }
    }
    return {};
}

Result<void> Accumulator::add_generated(const StepContext& context, const Kustomization& kustomization,
                                        Resources& into) {
    Resources generated;
    const ReadFile read = [&](std::string_view path) { return loader_.read(context.place, path); };
    const auto add = [&](const std::vector<GeneratorArgs>& list, std::string_view field,
                         std::string_view kind) -> Result<void> {
        for (const GeneratorArgs& args : list) {
            auto resource = generate_resource(args, read);
            if (!resource) {
                return at(kustomization, field, resource.error());
            }
            if (follow_origins_) {
                resource->origin = builtin_origin(context, kustomization.file, kind);
            }
            generated.push_back(*std::move(resource));
        }
        return {};
    };
    if (auto added = add(kustomization.config_maps, "configMapGenerator", "ConfigMapGenerator"); !added) {
        return added;
    }
    if (auto added = add(kustomization.secrets, "secretGenerator", "SecretGenerator"); !added) {
        return added;
    }
    const auto plugins = configurations(context, kustomization, kustomization.generators);
    if (!plugins) {
        return at(kustomization, "generators", plugins.error());
    }
    for (const transform::Resource& configuration : *plugins) {
        auto made = run_generator(configuration, context);
        if (!made) {
            return at(kustomization, "generators", made.error());
        }
        std::ranges::move(*made, std::back_inserter(generated));
    }
    if (auto charged = loader_.budget().charge_objects(generated.size()); !charged) {
        return charged;
    }
    auto absorbed = transform::absorb(into, std::move(generated), context.scopes);
    return absorbed ? absorbed : at(kustomization, "generators", absorbed.error());
}

// A component works on what its parent has so far.
Result<void> Accumulator::add_components(const Place& place, const Kustomization& kustomization,
                                         Accumulated& into) {
    for (const std::string& path : kustomization.components) {
        const auto below = loader_.enter(place, path);
        if (!below) {
            return below.error();
        }
        const auto component = load(*below, Kind::kComponent);
        if (!component) {
            return component.error();
        }
        if (auto done = accumulate(*below, *component, into); !done) {
            return done;
        }
        // Whatever it did to names, each object still has its own.
        Resources all = std::exchange(into.resources, {});
        if (auto unique = transform::append(into.resources, std::move(all), *scopes_); !unique) {
            return unique;
        }
    }
    return {};
}

// The configurations that `entries` hold, and then those that they name.
Result<Resources> Accumulator::configurations(const StepContext& context, const Kustomization& kustomization,
                                              const std::vector<std::string>& entries) {
    Accumulated found;
    std::vector<std::string> paths;
    for (const std::string& entry : entries) {
        if (!is_inline(entry)) {
            paths.push_back(entry);
            continue;
        }
        auto read = read_resources(entry, "the inline configuration",
                                   {.nodes_max = loader_.budget().limits().file_nodes_max});
        if (!read) {
            return read.error();
        }
        for (transform::Resource& resource : *read) {
            resource.origin.emplace().path = join_origin(context.place.origin, base_name(kustomization.file));
        }
        if (auto added = transform::append(found.resources, *std::move(read), *scopes_); !added) {
            return added.error();
        }
    }
    if (auto added = add_paths(context.place, paths, found); !added) {
        return added.error();
    }
    return std::move(found.resources);
}

}  // namespace kustomize
