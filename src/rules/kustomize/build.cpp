// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/build.hpp"

#include <utility>

#include <fmt/format.h>

#include "rules/kustomize/accumulate.hpp"
#include "rules/kustomize/finish.hpp"
#include "rules/kustomize/generate.hpp"
#include "rules/kustomize/kustomization.hpp"
#include "rules/kustomize/path.hpp"
#include "rules/kustomize/plugin.hpp"
#include "rules/transform/name_reference.hpp"
#include "rules/transform/sort_order.hpp"

namespace kustomize {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

Result<Kustomization> make_up(const Files& files, std::string_view root) {
    auto resources = generate_resources(files, root);
    if (!resources) {
        return resources.error();
    }
    Kustomization kustomization;
    kustomization.file = root.empty() ? "kustomization.yaml" : fmt::format("{}/kustomization.yaml", root);
    kustomization.resources = *std::move(resources);
    kustomization.lists_resources = true;
    return kustomization;
}

Result<Kustomization> read_root(const Files& files, std::string_view root, const BuildOptions& options,
                                Loader& loader) {
    const auto file = find_kustomization(files, root);
    if (!file) {
        return file.error();
    }
    const bool completed = options.root == RootRule::kCompleted;
    if (file->empty()) {
        return completed ? make_up(files, root)
                         : Error{ErrorCode::kNotFound,
                                 fmt::format("the directory {} has no kustomization file", shown(root))};
    }
    const auto text = loader.read({.directory = std::string(root)}, base_name(*file));
    if (!text) {
        return text.error();
    }
    auto kustomization =
        parse_kustomization(*text, *file, completed ? WhenEmpty::kAccept : WhenEmpty::kRefuse);
    if (kustomization && completed && !kustomization->lists_resources) {
        kustomization->metadata = {.origin_annotations = true, .any = true};
    }
    return kustomization;
}

void add_patches(Kustomization& kustomization, const std::vector<ExtraPatch>& patches) {
    for (const ExtraPatch& extra : patches) {
        transform::PatchEntry entry;
        entry.patch = extra.patch;
        entry.target = extra.target;
        kustomization.patches.push_back(std::move(entry));
    }
}

Result<void> sort_objects(transform::Resources& resources, const Kustomization& kustomization,
                          Reorder reorder) {
    if (kustomization.sort_options.is_object()) {
        const auto sort = transform::parse_sort_options(kustomization.sort_options);
        if (!sort) {
            return base::wrap("sortOptions", sort.error());
        }
        transform::apply(resources, *sort);
    } else if (reorder != Reorder::kNone) {
        transform::apply(resources, transform::legacy_sort_options());
    }
    return {};
}

// What can be done only once every object has its place: hashes, references, variables.
Result<void> settle(Accumulated& all, const transform::Scopes& scopes) {
    add_hashes(all.resources);
    if (auto done = transform::update_name_references(all.resources, all.config.get().name_reference, scopes);
        !done) {
        return base::wrap("name references", done.error());
    }
    if (!all.variables.empty()) {
        const auto unused =
            transform::expand_variables(all.resources, all.variables, all.config.get().var_reference);
        if (!unused) {
            return base::wrap("vars", unused.error());
        }
    }
    return drop_local(all.resources);
}

// The order, and what the build tells about itself.
Result<void> finish(transform::Resources& resources, const Kustomization& kustomization,
                    const BuildOptions& options) {
    if (auto sorted = sort_objects(resources, kustomization, options.reorder); !sorted) {
        return sorted;
    }
    if (options.managed_by_label || kustomization.metadata.managed_by_label) {
        if (auto done = add_managed_by_label(resources); !done) {
            return done;
        }
    }
    write_annotations(resources, kustomization.metadata);
    return {};
}

}  // namespace

Result<std::vector<model::Value>> build(const Files& files, std::string_view root,
                                        const BuildOptions& options) {
    if (!files.is_directory(root)) {
        return Error{ErrorCode::kNotFound, fmt::format("there is no directory {}", shown(root))};
    }
    Loader loader(files, options.restriction, options.limits);
    auto kustomization = read_root(files, root, options, loader);
    if (!kustomization) {
        return kustomization.error();
    }
    add_patches(*kustomization, options.patches);
    const Place place{.directory = std::string(root)};
    Accumulator accumulator(loader, kustomization->metadata.any);
    Accumulated all;
    if (auto done = accumulator.accumulate(place, *kustomization, all); !done) {
        return done.error();
    }
    auto finished = settle(all, accumulator.scopes());
    if (finished) {
        finished = finish(all.resources, *kustomization, options);
    }
    if (!finished) {
        return base::wrap(kustomization->file, finished.error());
    }
    std::vector<model::Value> objects;
    objects.reserve(all.resources.size());
    for (transform::Resource& resource : all.resources) {
        objects.push_back(std::move(resource.object));
    }
    return objects;
}

}  // namespace kustomize
