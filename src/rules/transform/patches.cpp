// SPDX-License-Identifier: 0BSD
#include "rules/transform/patches.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "rules/patch/json_patch.hpp"
#include "rules/patch/kustomize_merge.hpp"
#include "rules/transform/id_view.hpp"
#include "rules/transform/metadata_texts.hpp"
#include "rules/transform/name_index.hpp"
#include "rules/transform/resources.hpp"
#include "rules/transform/shared_entries.hpp"

namespace transform {
namespace {

base::Error invalid(std::string message) { return {base::ErrorCode::kInvalid, std::move(message)}; }

void set_or_remove(model::Object& map, std::string_view key, std::string_view text) {
    if (text.empty()) {
        map.erase(key);
    } else {
        map[key] = text;
    }
}

// The comments that count for a merge. A patch's own do not outlive it.
std::vector<model::FieldComment> comments_of(const Resource& resource, const Resource& patch) {
    std::vector<model::FieldComment> all = resource.comments;
    all.insert(all.end(), patch.comments.begin(), patch.comments.end());
    return all;
}

// Merges, and puts back what a patch may not change: where the object lives, and unless allowed its kind and name.
base::Result<void> merge_into(Resource& resource, const Resource& patch, const Scopes& scopes) {
    const ResourceId id = current_id(resource);
    const std::string api_version = id.gvk.api_version();
    if (patch.allow_name_change || patch.allow_kind_change) {
        remember_id(resource);
    }
    const auto comments = comments_of(resource, patch);
    auto merged = patch::kustomize_merge(std::move(resource.object), patch.object, scopes.schema(), comments);
    if (!merged) {
        return base::wrap("patch of " + id.text(), std::move(merged).error());
    }
    if (!*merged) {
        resource.object = nullptr;
        return {};
    }
    resource.object = **std::move(merged);
    model::Object* object = resource.object.if_object();
    if (object == nullptr || object->empty()) {
        return {};
    }
    set_or_remove(*object, "apiVersion", api_version);
    if (!patch.allow_kind_change) {
        set_or_remove(*object, "kind", id.gvk.kind);
    }
    model::Object& metadata = model::ensure_object(resource.object, {"metadata"});
    if (!patch.allow_name_change) {
        set_or_remove(metadata, "name", id.name);
    }
    set_or_remove(metadata, "namespace", id.ns);
    follow_shared(resource);
    return {};
}

base::Result<void> refuse_twins(const Resources& resources, const Scopes& scopes) {
    const Resource* twin = find_twin(resources, scopes);
    if (twin == nullptr) {
        return {};
    }
    return invalid("may not add resource with an already registered id: " + text_of(view_of(twin->object)));
}

// How a merge without a target finds its object.
using FindOne = std::function<base::Result<std::size_t>(const ResourceId& id)>;

base::Result<void> apply_to_named(Resources& resources, const Patch& patch, const Scopes& scopes,
                                  const FindOne& find) {
    for (const Resource& merge : patch.merges) {
        const ResourceId id = original_id(merge);
        const auto found = find(id);
        if (!found) {
            return base::wrap(fmt::format("no resource matches strategic merge patch \"{}\"", id.text()),
                              found.error());
        }
        if (auto done = merge_into(resources[*found], merge, scopes); !done) {
            return done;
        }
    }
    return {};
}

base::Result<void> apply_to_selected(Resources& resources, const Patch& patch, const Scopes& scopes) {
    if (patch.merges.size() > 1) {
        return invalid(
            fmt::format("Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set "
                        "`patches.target` field: {}",
                        patch.source));
    }
    const auto selector = Selector::compile(*patch.target);
    if (!selector) {
        return selector.error();
    }
    const Resource& merge = patch.merges.front();
    for (const std::size_t index : select(resources, *selector, scopes)) {
        if (auto done = merge_into(resources[index], merge, scopes); !done) {
            return done;
        }
    }
    return merge.allow_name_change || merge.allow_kind_change ? refuse_twins(resources, scopes)
                                                              : base::Result<void>();
}

// Whether the original keeps notes of its own in the object's annotations, so that operations find a map there.
bool has_notes(const Resource& resource) {
    return !resource.previous.empty() || !resource.prefixes.empty() || !resource.suffixes.empty() ||
           resource.needs_hash || resource.behavior != Behavior::kUnspecified || resource.origin ||
           !resource.transformations.empty();
}

// An empty map is taken out again by rewrite_annotations().
void make_annotations(Resource& resource) {
    model::Object* object = resource.object.if_object();
    model::Value* metadata = object == nullptr ? nullptr : object->if_contains("metadata");
    model::Object* fields = metadata == nullptr ? nullptr : metadata->if_object();
    if (fields != nullptr && !fields->contains("annotations")) {
        (*fields)["annotations"] = model::Object();
    }
}

base::Result<void> apply_operations(Resources& resources, const Patch& patch, const Scopes& scopes) {
    if (!patch.target) {
        return invalid(fmt::format("must specify a target for JSON patch {}", patch.source));
    }
    const auto selector = Selector::compile(*patch.target);
    if (!selector) {
        return selector.error();
    }
    for (const std::size_t index : select(resources, *selector, scopes)) {
        Resource& resource = resources[index];
        const std::string id = text_of(view_of(resource.object));
        if (!patch.keeps_ids) {
            remember_id(resource);
        }
        if (has_notes(resource)) {
            make_annotations(resource);
        }
        auto patched = patch::apply_json_patch(std::move(resource.object), *patch.operations);
        if (!patched) {
            return base::wrap("patch of " + id, std::move(patched).error());
        }
        resource.object = *std::move(patched);
        forget_shared(resource);
        rewrite_annotations(resource);
    }
    return {};
}

}  // namespace

base::Result<void> apply(Resources& resources, const Patch& patch, const Scopes& scopes) {
    if (patch.operations) {
        return apply_operations(resources, patch, scopes);
    }
    if (patch.merges.empty()) {
        return {};
    }
    if (patch.target) {
        return apply_to_selected(resources, patch, scopes);
    }
    return apply_to_named(resources, patch, scopes,
                          [&](const ResourceId& id) { return find_one(resources, id, scopes); });
}

base::Result<void> apply(Resources& resources, const std::vector<Patch>& patches, const Scopes& scopes,
                         std::size_t& applied) {
    std::optional<NameIndex> names;
    const FindOne find = [&](const ResourceId& id) {
        if (!names) {
            names.emplace(resources);
        }
        return only_one(names->find(resources, view_of(id), scopes), id);
    };
    for (applied = 0; applied < patches.size(); ++applied) {
        const Patch& patch = patches[applied];
        const bool is_by_name = !patch.operations && !patch.target;
        const std::size_t count_before = resources.size();
        auto done = is_by_name ? apply_to_named(resources, patch, scopes, find)
                               : transform::apply(resources, patch, scopes);
        if (!done) {
            return done;
        }
        drop_deleted(resources);
        const auto may_rename = [](const Resource& merge) { return merge.allow_name_change; };
        if (!is_by_name || resources.size() != count_before ||
            std::ranges::any_of(patch.merges, may_rename)) {
            names.reset();
        }
    }
    return {};
}

}  // namespace transform
