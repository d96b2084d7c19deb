// SPDX-License-Identifier: 0BSD
#include "engine/render/render.hpp"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "engine/render/collect.hpp"
#include "engine/render/manifest.hpp"
#include "engine/render/normalize.hpp"

namespace render {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

// Owned by the compute pool while it works.
struct RenderJob {
    std::shared_ptr<const artifact::FileTree> tree;
    RenderRequest request;

    Result<std::vector<model::Value>> operator()() const { return render_directory(*tree, request); }
};

}  // namespace

Result<std::vector<model::Value>> render_directory(const artifact::FileTree& tree,
                                                   const RenderRequest& request) {
    const auto files = collect_manifests(tree, request.path);
    if (!files) {
        return files.error();
    }
    std::vector<model::Value> objects;
    std::map<model::ObjectId, std::string> places;  // where each object stands: "file:line"
    std::size_t nodes_left = model::YamlLimits{}.nodes_max;
    for (const std::string& file : *files) {
        auto manifest = read_manifest(file, tree.files.at(file), nodes_left);
        if (!manifest) {
            return manifest.error();
        }
        for (ManifestObject& object : *manifest) {
            model::ObjectId id = model::id_of(object.value);
            std::string place = fmt::format("{}:{}", file, object.line);
            const auto [known, is_new] = places.try_emplace(std::move(id), place);
            if (!is_new) {
                return Error{ErrorCode::kInvalid, fmt::format("{} is defined twice: {} and {}",
                                                              known->first.text(), known->second, place)};
            }
            normalize(object.value);
            set_owner_labels(object.value, request.stageset_name, request.stageset_namespace);
            objects.push_back(std::move(object.value));
        }
    }
    return objects;
}

base::Task<std::vector<model::Value>> render(base::Compute& compute,
                                             std::shared_ptr<const artifact::FileTree> tree,
                                             RenderRequest request) {
    co_return co_await compute.run(RenderJob{std::move(tree), std::move(request)});
}

}  // namespace render
