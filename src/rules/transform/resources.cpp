// SPDX-License-Identifier: 0BSD
#include "rules/transform/resources.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "rules/transform/id_view.hpp"
#include "rules/transform/metadata_texts.hpp"
#include "rules/transform/name_index.hpp"
#include "rules/transform/scalar_text.hpp"

namespace transform {
namespace {

base::Error invalid(std::string message) { return {base::ErrorCode::kInvalid, std::move(message)}; }

std::string key_of(const IdView& id, const Scopes& scopes) {
    return fmt::format("{}\n{}\n{}\n{}\n{}", id.group, id.version, id.kind, id.name,
                       effective_namespace(id, scopes));
}

// Fills the map at `key` with what it lacks and `from` has there, as texts; an empty map is removed.
void fill_in_map(model::Object& into, const model::Object& from, std::string_view key) {
    model::Object texts;
    for (const model::Object* map : {&std::as_const(into), &from}) {
        const model::Value* value = map->if_contains(key);
        const model::Object* entries = value == nullptr ? nullptr : value->if_object();
        if (entries == nullptr) {
            continue;
        }
        for (const auto& entry : *entries) {
            if (!texts.contains(entry.key())) {
                texts[entry.key()] = text_of_scalar(entry.value()).value_or(std::string());
            }
        }
    }
    if (texts.empty()) {
        into.erase(key);
    } else {
        into[key] = std::move(texts);
    }
}

void set_or_remove(model::Object& map, std::string_view key, std::string_view text) {
    if (text.empty()) {
        map.erase(key);
    } else {
        map[key] = text;
    }
}

// What a replacement of `old` takes over from it: labels, annotations, name and namespace, and what the build knows of it.
void take_over_metadata(Resource& resource, const Resource& old) {
    const IdView old_id = view_of(old.object);
    model::Object& metadata = model::ensure_object(resource.object, {"metadata"});
    if (const model::Object* old_metadata = model::find_object(old.object, {"metadata"})) {
        fill_in_map(metadata, *old_metadata, "labels");
        fill_in_map(metadata, *old_metadata, "annotations");
    }
    set_or_remove(metadata, "name", old_id.name);
    set_or_remove(metadata, "namespace", old_id.ns);
    resource.previous = old.previous;
    resource.prefixes = old.prefixes;
    resource.suffixes = old.suffixes;
    resource.variables = old.variables;
    resource.behavior = old.behavior;
    resource.needs_hash = resource.needs_hash && old.needs_hash;
    resource.allow_name_change = old.allow_name_change;
    resource.allow_kind_change = old.allow_kind_change;
}

void merge_data(Resource& resource, const Resource& old) {
    const model::Object* from = old.object.if_object();
    model::Object* into = resource.object.if_object();
    if (from != nullptr && into != nullptr) {
        fill_in_map(*into, *from, "data");
        fill_in_map(*into, *from, "binaryData");
    }
}

std::string_view text_of(Behavior behavior) {
    switch (behavior) {
        case Behavior::kUnspecified: return "unspecified";
        case Behavior::kCreate: return "create";
        case Behavior::kReplace: return "replace";
        case Behavior::kMerge: return "merge";
    }
    return "";
}

base::Result<void> absorb_one(Resources& into, NameIndex& names, Resource resource, const Scopes& scopes) {
    const ResourceId id = current_id(resource);
    const std::vector<std::size_t> matches = names.find(into, view_of(id), scopes);
    const Behavior behavior = resource.behavior;
    const bool lays_over = behavior == Behavior::kMerge || behavior == Behavior::kReplace;
    if (matches.empty()) {
        if (lays_over) {
            return invalid(fmt::format("id {} does not exist; cannot merge or replace", id.text()));
        }
        names.add(resource, into.size());
        into.push_back(std::move(resource));
        return {};
    }
    if (matches.size() > 1) {
        return invalid(fmt::format("found multiple objects that could accept merge of {}", id.text()));
    }
    if (!lays_over) {
        return invalid(
            fmt::format("id {} exists; can not use behavior: '{}', behavior must be merge or replace",
                        id.text(), text_of(behavior)));
    }
    Resource& old = into[matches.front()];
    take_over_metadata(resource, old);
    if (behavior == Behavior::kMerge) {
        merge_data(resource, old);
        if (old.origin) {
            resource.origin = old.origin;
            resource.transformations = old.transformations;
        }
    }
    old = std::move(resource);
    return {};
}

}  // namespace

void remember_id(Resource& resource) {
    resource.previous.push_back(current_id(resource));
    rewrite_annotations(resource);
}

std::vector<ResourceId> previous_ids(const Resource& resource) {
    std::vector<ResourceId> ids;
    for (std::size_t index = 0; index < resource.previous.size(); ++index) {
        ids.push_back(to_id(previous_view(resource, index)));
    }
    return ids;
}

std::string_view effective_namespace(const ResourceId& id, const Scopes& scopes) {
    return effective_namespace(view_of(id), scopes);
}

bool same_id(const ResourceId& left, const ResourceId& right, const Scopes& scopes) {
    return same_id(view_of(left), view_of(right), scopes);
}

bool is_deleted(const Resource& resource) {
    const model::Object* map = resource.object.if_object();
    return map == nullptr ? resource.object.is_null() : map->empty();
}

void drop_deleted(Resources& resources) { std::erase_if(resources, is_deleted); }

std::vector<std::size_t> find_by_current_id(const Resources& resources, const ResourceId& id,
                                            const Scopes& scopes) {
    std::vector<std::size_t> found;
    const IdView wanted = view_of(id);
    for (std::size_t index = 0; index < resources.size(); ++index) {
        if (same_id(view_of(resources[index].object), wanted, scopes)) {
            found.push_back(index);
        }
    }
    return found;
}

std::vector<std::size_t> find_by_any_id(const Resources& resources, const ResourceId& id,
                                        const Scopes& scopes) {
    std::vector<std::size_t> found;
    const IdView wanted = view_of(id);
    for (std::size_t index = 0; index < resources.size(); ++index) {
        if (has_id(resources[index], wanted, scopes)) {
            found.push_back(index);
        }
    }
    return found;
}

base::Result<std::size_t> find_one(const Resources& resources, const ResourceId& id, const Scopes& scopes) {
    return only_one(find_by_any_id(resources, id, scopes), id);
}

const Resource* find_twin(const Resources& resources, const Scopes& scopes) {
    std::unordered_set<std::string> ids;
    for (const Resource& resource : resources) {
        if (!is_deleted(resource) && !ids.insert(key_of(view_of(resource.object), scopes)).second) {
            return &resource;
        }
    }
    return nullptr;
}

Appender::Appender(Resources& into, const Scopes& scopes) : into_(&into), scopes_(&scopes) {
    for (const Resource& resource : into) {
        ids_.insert(key_of(view_of(resource.object), scopes));
    }
}

base::Result<void> Appender::append(Resource resource) {
    const IdView id = view_of(resource.object);
    if (!ids_.insert(key_of(id, *scopes_)).second) {
        return invalid("may not add resource with an already registered id: " + text_of(id));
    }
    into_->push_back(std::move(resource));
    return {};
}

base::Result<void> append(Resources& into, Resources more, const Scopes& scopes) {
    Appender appender(into, scopes);
    into.reserve(into.size() + more.size());
    for (Resource& resource : more) {
        if (auto done = appender.append(std::move(resource)); !done) {
            return done;
        }
    }
    return {};
}

base::Result<void> absorb(Resources& into, Resources generated, const Scopes& scopes) {
    if (generated.empty()) {
        return {};
    }
    NameIndex names(into);
    for (Resource& resource : generated) {
        if (auto done = absorb_one(into, names, std::move(resource), scopes); !done) {
            return done;
        }
    }
    return {};
}

}  // namespace transform
