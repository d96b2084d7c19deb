// SPDX-License-Identifier: 0BSD
#include "engine/render/render.hpp"

#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/render/normalize.hpp"
#include "rules/envsubst/objects.hpp"
#include "rules/kustomize/build.hpp"
#include "rules/kustomize/kustomization.hpp"
#include "rules/kustomize/path.hpp"

namespace render {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using model::Value;

constexpr std::string_view kHookAnnotation = "helm.sh/hook";
constexpr std::string_view kKustomizeGroup = "kustomize.config.k8s.io";

// "./apps//web/" as the build names it: "apps/web". Slashes at both ends mean nothing.
Result<std::string> clean_path(std::string_view path) {
    std::string_view inside = path;
    inside.remove_prefix(std::min(inside.find_first_not_of('/'), inside.size()));
    if (inside.empty()) {
        return std::string();
    }
    auto cleaned = kustomize::join_path("", inside);
    if (!cleaned) {
        return Error{ErrorCode::kInvalid, fmt::format("path \"{}\" leads out of the artifact", path)};
    }
    return cleaned;
}

kustomize::ExtraPatch extra_patch(const model::Patch& patch) {
    kustomize::ExtraPatch extra{patch.patch, std::nullopt};
    if (patch.target) {
        extra.target = transform::Target{.group = patch.target->group,
                                         .version = patch.target->version,
                                         .kind = patch.target->kind,
                                         .name = patch.target->name,
                                         .ns = patch.target->ns,
                                         .annotation_selector = patch.target->annotation_selector,
                                         .label_selector = patch.target->label_selector};
    }
    return extra;
}

// What is no object to apply: substitution may have left such texts, and kustomize passes its own kinds on.
bool is_left_out(const Value& object) {
    return model::find_string(object, {"apiVersion"}).empty() ||
           model::find_string(object, {"kind"}).empty() || model::name_of(object).empty() ||
           model::gvk_of(object).group == kKustomizeGroup;
}

}  // namespace

Result<Rendered> render_stage(const kustomize::Files& files, const RenderRequest& request) {
    const auto path = clean_path(request.path);
    if (!path) {
        return path.error();
    }
    kustomize::BuildOptions options;
    options.restriction = kustomize::LoadRestriction::kNone;
    options.reorder = kustomize::Reorder::kNone;
    options.root = kustomize::RootRule::kCompleted;
    for (const model::Patch& patch : request.patches) {
        options.patches.push_back(extra_patch(patch));
    }
    auto objects = kustomize::build(files, *path, options);
    if (!objects) {
        return objects.error();
    }
    if (auto done = envsubst::substitute_objects(*objects, request.variables, {.strict = true}); !done) {
        return done.error();
    }
    const auto kustomization = kustomize::find_kustomization(files, *path);
    Rendered rendered;
    rendered.kustomized = kustomization && !kustomization->empty();
    rendered.objects.reserve(objects->size());
    std::set<model::ObjectId> ids;
    for (Value& object : *objects) {
        const bool hook = model::annotation_of(object, kHookAnnotation).has_value();
        if (is_left_out(object) || (hook && !request.helm_hooks)) {
            continue;
        }
        const auto [id, is_new] = ids.insert(model::id_of(object));
        if (!is_new) {
            return Error{ErrorCode::kInvalid,
                         fmt::format("{} is rendered twice; an object has one manifest", id->text())};
        }
        if (hook) {
            rendered.hooks.push_back(*id);
        }
        normalize(object);
        rendered.objects.push_back(std::move(object));
    }
    return rendered;
}

}  // namespace render
