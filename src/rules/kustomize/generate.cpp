// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/generate.hpp"

#include <fmt/format.h>

#include "rules/kustomize/kustomization.hpp"
#include "rules/kustomize/path.hpp"

namespace kustomize {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::size_t kDepthMax =
    256;  // directories within each other: no file system holds more within its path limit

std::string below(std::string_view directory, std::string_view name) {
    return directory.empty() ? std::string(name) : fmt::format("{}/{}", directory, name);
}

// `relative` is the directory as seen from where the walk began.
Result<void> walk(const Files& files, std::string_view directory, std::string_view relative,
                  std::size_t depth, std::vector<std::string>& found) {
    if (depth > kDepthMax) {
        return Error{ErrorCode::kLimitExceeded,
                     fmt::format("directories are nested deeper than {} levels", kDepthMax)};
    }
    for (const Files::Child& child : files.children(directory)) {
        std::string name = below(relative, child.name);
        if (!child.directory) {
            if (child.name.ends_with(".yaml") || child.name.ends_with(".yml")) {
                found.push_back(std::move(name));
            }
            continue;
        }
        const std::string path = below(directory, child.name);
        const auto kustomization = find_kustomization(files, path);
        if (!kustomization) {
            return kustomization.error();
        }
        if (!kustomization->empty()) {
            found.push_back(std::move(name));
            continue;
        }
        if (auto walked = walk(files, path, name, depth + 1, found); !walked) {
            return walked;
        }
    }
    return {};
}

}  // namespace

Result<std::vector<std::string>> generate_resources(const Files& files, std::string_view directory) {
    std::vector<std::string> found;
    if (auto walked = walk(files, directory, {}, 0, found); !walked) {
        return walked.error();
    }
    if (found.empty()) {
        return Error{ErrorCode::kNotFound,
                     fmt::format("{} holds no manifest file (*.yaml, *.yml); for an empty render add a "
                                 "kustomization with \"resources: []\"",
                                 shown(directory))};
    }
    return found;
}

}  // namespace kustomize
