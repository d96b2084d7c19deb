// SPDX-License-Identifier: 0BSD
#include "engine/render/collect.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "engine/render/directory.hpp"
#include "model/yaml.hpp"

namespace render {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using model::Value;

constexpr std::array<std::string_view, 3> kKustomizationFiles = {"kustomization.yaml", "kustomization.yml",
                                                                 "Kustomization"};
constexpr std::string_view kKustomizeGroup = "kustomize.config.k8s.io/";

std::string shown(std::string_view directory) {
    return directory.empty() ? std::string("the artifact's root") : std::string(directory);
}

bool is_remote(std::string_view resource) {
    return resource.find("://") != std::string_view::npos ||
           resource.find("?ref=") != std::string_view::npos || resource.starts_with("git@") ||
           resource.starts_with("git::") || resource.starts_with("github.com/");
}

class Collector {
public:
    explicit Collector(const artifact::FileTree& tree) : tree_(tree) {}

    Result<void> add_stage(const std::string& directory) {
        auto kustomization = find_kustomization(directory);
        if (!kustomization) {
            return kustomization.error();
        }
        if (!kustomization->empty()) {
            return add_kustomization(directory, *kustomization);
        }
        if (auto walked = walk(directory); !walked) {
            return walked;
        }
        if (!found_any_) {
            return Error{ErrorCode::kNotFound,
                         fmt::format("{} holds no manifest file (*.yaml, *.yml)", shown(directory))};
        }
        return {};
    }

    std::vector<std::string> take() { return std::move(files_); }

private:
    // The directory's kustomization file, or an empty path.
    Result<std::string> find_kustomization(std::string_view directory) const {
        std::string found;
        for (const std::string_view name : kKustomizationFiles) {
            const std::string path = join_path(directory, name).value_or("");
            if (!is_file(tree_, path)) {
                continue;
            }
            if (!found.empty()) {
                return Error{ErrorCode::kInvalid,
                             fmt::format("{} has more than one kustomization file: {} and {}",
                                         shown(directory), found, path)};
            }
            found = path;
        }
        return found;
    }

    // Every manifest below a directory without a kustomization file, as Flux generates one. Names that begin with a dot are
    // no manifests (".github/workflows"): they are delivered only where a kustomization file names them.
    Result<void> walk(const std::string& directory) {
        for (const Child& child : children(tree_, directory)) {
            if (child.name.starts_with('.')) {
                continue;
            }
            if (auto added = child.directory ? walk_directory(child.path) : walk_file(child); !added) {
                return added;
            }
        }
        return {};
    }

    Result<void> walk_file(const Child& child) {
        if (!child.name.ends_with(".yaml") && !child.name.ends_with(".yml")) {
            return {};
        }
        found_any_ = true;
        return add_file(child.path, child.path);
    }

    Result<void> walk_directory(const std::string& directory) {
        auto kustomization = find_kustomization(directory);
        if (!kustomization) {
            return kustomization.error();
        }
        if (kustomization->empty()) {
            return walk(directory);
        }
        found_any_ = true;
        return add_kustomization(directory, *kustomization);
    }

    Result<void> add_file(const std::string& path, std::string_view named_by) {
        if (!seen_.insert(path).second) {
            return Error{ErrorCode::kInvalid,
                         fmt::format("{}: the file {} is a resource twice", named_by, path)};
        }
        files_.push_back(path);
        return {};
    }

    Result<void> add_kustomization(const std::string& directory, const std::string& file) {
        if (std::ranges::find(open_, directory) != open_.end()) {
            return Error{ErrorCode::kInvalid, fmt::format("{}: its resources lead back to itself", file)};
        }
        if (!seen_.insert(directory + "/").second) {
            return Error{ErrorCode::kInvalid,
                         fmt::format("the directory {} is a resource twice", shown(directory))};
        }
        auto resources = read_resources(file);
        if (!resources) {
            return resources.error();
        }
        open_.push_back(directory);
        for (const std::string& resource : *resources) {
            if (auto added = add_resource(directory, file, resource); !added) {
                return added;
            }
        }
        open_.pop_back();
        return {};
    }

    Result<void> add_resource(const std::string& directory, const std::string& file,
                              const std::string& resource) {
        if (is_remote(resource)) {
            return Error{ErrorCode::kUnsupported,
                         fmt::format("{}: the resource {} is remote; only files of the artifact are used",
                                     file, resource)};
        }
        const auto path = join_path(directory, resource);
        if (!path) {
            return Error{ErrorCode::kInvalid,
                         fmt::format("{}: the resource {} leads out of the artifact", file, resource)};
        }
        if (is_file(tree_, *path)) {
            return add_file(*path, file);
        }
        if (!is_directory(tree_, *path)) {
            return Error{ErrorCode::kInvalid,
                         fmt::format("{}: the resource {} does not exist in the artifact", file, resource)};
        }
        auto nested = find_kustomization(*path);
        if (!nested) {
            return nested.error();
        }
        if (nested->empty()) {
            return Error{ErrorCode::kInvalid,
                         fmt::format("{}: the directory {} has no kustomization file", file, shown(*path))};
        }
        return add_kustomization(*path, *nested);
    }

    Result<std::vector<std::string>> read_resources(const std::string& file) const {
        auto documents = model::parse_yaml(tree_.files.at(file), file, {}, model::YamlDialect::kKustomize);
        if (!documents) {
            return documents.error();
        }
        if (documents->empty()) {
            return std::vector<std::string>{};
        }
        const Value& root = documents->front().value;
        if (documents->size() > 1 || !root.is_object()) {
            return Error{ErrorCode::kInvalid, fmt::format("{}: must be one YAML mapping", file)};
        }
        if (auto checked = check_fields(root, file); !checked) {
            return checked.error();
        }
        std::vector<std::string> resources;
        const Value* listed = model::find(root, {"resources"});
        if (listed == nullptr || listed->is_null()) {
            return resources;
        }
        if (!listed->is_array()) {
            return Error{ErrorCode::kInvalid, fmt::format("{}: resources must be a list of paths", file)};
        }
        for (const Value& item : listed->get_array()) {
            const boost::json::string* text = item.if_string();
            if (text == nullptr || text->empty()) {
                return Error{ErrorCode::kInvalid, fmt::format("{}: resources must be a list of paths", file)};
            }
            resources.emplace_back(*text);
        }
        return resources;
    }

    static Result<void> check_fields(const Value& root, const std::string& file) {
        const std::string_view kind = model::find_string(root, {"kind"});
        const std::string_view api_version = model::find_string(root, {"apiVersion"});
        if ((!kind.empty() && kind != "Kustomization") ||
            (!api_version.empty() && !api_version.starts_with(kKustomizeGroup))) {
            return Error{ErrorCode::kUnsupported,
                         fmt::format("{}: kind {} of {} is no kustomization that can be built", file,
                                     kind.empty() ? "(none)" : kind,
                                     api_version.empty() ? "(no apiVersion)" : api_version)};
        }
        for (const auto& field : root.get_object()) {
            const std::string_view name = field.key();
            if (name != "apiVersion" && name != "kind" && name != "resources") {
                return Error{ErrorCode::kUnsupported,
                             fmt::format("{}: the field {} is not supported yet", file, name)};
            }
        }
        return {};
    }

    const artifact::FileTree& tree_;
    std::vector<std::string> files_;
    std::set<std::string> seen_;     // files, and directories with a slash behind
    std::vector<std::string> open_;  // directories whose resources are being taken in
    bool found_any_ = false;
};

std::string_view strip_slashes(std::string_view path) {
    while (path.starts_with('/')) {
        path.remove_prefix(1);
    }
    while (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    return path;
}

}  // namespace

Result<std::vector<std::string>> collect_manifests(const artifact::FileTree& tree, std::string_view path) {
    const auto directory = join_path("", strip_slashes(path));
    if (!directory) {
        return Error{ErrorCode::kInvalid, fmt::format("the path {} leads out of the artifact", path)};
    }
    if (!is_directory(tree, *directory)) {
        return Error{ErrorCode::kNotFound,
                     fmt::format("the path {} is {} in the artifact", path,
                                 is_file(tree, *directory) ? "a file, not a directory," : "no directory")};
    }
    Collector collector(tree);
    if (auto added = collector.add_stage(*directory); !added) {
        return added.error();
    }
    return collector.take();
}

}  // namespace render
