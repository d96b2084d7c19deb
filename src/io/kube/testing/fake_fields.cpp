// SPDX-License-Identifier: 0BSD
#include "io/kube/testing/fake_fields.hpp"

#include <algorithm>
#include <string_view>

namespace kube::testing {

namespace {

const Fields& server_fields() {
    static const Fields kFields = {{"apiVersion"},
                                   {"kind"},
                                   {"metadata", "name"},
                                   {"metadata", "namespace"},
                                   {"metadata", "uid"},
                                   {"metadata", "resourceVersion"},
                                   {"metadata", "generation"},
                                   {"metadata", "creationTimestamp"},
                                   {"metadata", "deletionTimestamp"},
                                   {"metadata", "deletionGracePeriodSeconds"},
                                   {"metadata", "managedFields"}};
    return kFields;
}

void collect(const Value& value, FieldPathKeys& path, Fields& fields) {
    if (value.is_null() || server_fields().contains(path)) {
        return;
    }
    const auto* map = value.if_object();
    if (map == nullptr || map->empty()) {
        if (!path.empty()) {
            fields.insert(path);
        }
        return;
    }
    for (const auto& [key, child] : *map) {
        path.emplace_back(key);
        collect(child, path, fields);
        path.pop_back();
    }
}

const Value* find_field(const Value& root, const FieldPathKeys& path) {
    const Value* value = &root;
    for (const auto& key : path) {
        const auto* map = value->if_object();
        value = map == nullptr ? nullptr : map->if_contains(key);
        if (value == nullptr) {
            return nullptr;
        }
    }
    return value;
}

bool is_prefix(const FieldPathKeys& prefix, const FieldPathKeys& path) {
    return prefix.size() <= path.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

// True when a path of `fields` is `path` or lies below it.
bool covers(const Fields& fields, const FieldPathKeys& path) {
    const auto next = fields.lower_bound(path);
    return next != fields.end() && is_prefix(path, *next);
}

// Removes the field, and the maps above it that it leaves empty, unless somebody owns those as such.
void remove_field(Value& root, const FieldPathKeys& path, const Owners& owners) {
    std::vector<model::Object*> parents;
    Value* value = &root;
    for (const auto& key : path) {
        auto* map = value->if_object();
        value = map == nullptr ? nullptr : map->if_contains(key);
        if (value == nullptr) {
            return;
        }
        parents.push_back(map);
    }
    FieldPathKeys below = path;
    for (std::size_t i = path.size(); i > 0; --i) {
        parents[i - 1]->erase(path[i - 1]);
        below.pop_back();
        const bool owned =
            std::ranges::any_of(owners, [&below](const auto& owner) { return owner.second.contains(below); });
        if (!parents[i - 1]->empty() || owned || below.empty() || below == FieldPathKeys{"metadata"}) {
            return;
        }
    }
}

void merge_in(Value& target, const Value& body) {
    const auto* map = body.if_object();
    if (map == nullptr) {
        target = body;
        return;
    }
    if (!target.is_object()) {
        target = model::Object();
    }
    for (const auto& [key, child] : *map) {
        if (!child.is_null()) {
            merge_in(target.as_object()[key], child);
        }
    }
}

void drop_empty(Owners& owners) {
    std::erase_if(owners, [](const auto& owner) { return owner.second.empty(); });
}

void collect_owned(const Value& tree, FieldPathKeys& path, Fields& fields) {
    const auto* map = tree.if_object();
    if (map == nullptr || map->empty()) {
        fields.insert(path);
        return;
    }
    for (const auto& [key, child] : *map) {
        // "f:data"; "." stands for the map itself, which the fake does not track.
        if (key.starts_with("f:")) {
            path.emplace_back(key.substr(2));
            collect_owned(child, path, fields);
            path.pop_back();
        }
    }
}

std::string dotted(const FieldPathKeys& path) {
    std::string text;
    for (const auto& key : path) {
        text += "." + key;
    }
    return text;
}

}  // namespace

Fields leaves_of(const Value& object) {
    Fields fields;
    FieldPathKeys path;
    collect(object, path, fields);
    return fields;
}

std::vector<FieldConflict> conflicts_of(const Value& live, const Owners& owners, const Manager& manager,
                                        const Value& body) {
    std::vector<FieldConflict> conflicts;
    const Fields wanted = leaves_of(body);
    for (const auto& [other, fields] : owners) {
        if (other == manager) {
            continue;
        }
        for (const auto& field : fields) {
            if (!wanted.contains(field)) {
                continue;
            }
            const Value* before = find_field(live, field);
            if (before != nullptr && *before != *find_field(body, field)) {
                conflicts.push_back({other.name, dotted(field)});
            }
        }
    }
    return conflicts;
}

Value apply_fields(Value live, Owners& owners, const Manager& manager, const Value& body) {
    Fields wanted = leaves_of(body);
    for (const auto& conflict : conflicts_of(live, owners, manager, body)) {
        for (auto& [other, fields] : owners) {
            if (other != manager) {
                std::erase_if(fields, [&](const auto& field) { return dotted(field) == conflict.field; });
            }
        }
    }
    const Fields former = std::exchange(owners[manager], wanted);
    for (const auto& field : former) {
        const bool kept =
            std::ranges::any_of(owners, [&field](const auto& owner) { return covers(owner.second, field); });
        if (!kept) {
            remove_field(live, field, owners);
        }
    }
    merge_in(live, body);
    drop_empty(owners);
    return live;
}

void note_update(const Value& before, const Value& after, Owners& owners, const Manager& manager) {
    const Fields now = leaves_of(after);
    Fields changed;
    for (const auto& field : now) {
        const Value* old = find_field(before, field);
        if (old == nullptr || *old != *find_field(after, field)) {
            changed.insert(field);
        }
    }
    for (auto& [other, fields] : owners) {
        std::erase_if(fields,
                      [&](const auto& field) { return changed.contains(field) || !now.contains(field); });
    }
    if (!changed.empty()) {
        owners[manager].merge(changed);
    }
    drop_empty(owners);
}

void merge_patch(Value& target, const Value& patch) {
    const auto* map = patch.if_object();
    if (map == nullptr) {
        target = patch;
        return;
    }
    if (!target.is_object()) {
        target = model::Object();
    }
    for (const auto& [key, child] : *map) {
        if (child.is_null()) {
            target.as_object().erase(key);
        } else {
            merge_patch(target.as_object()[key], child);
        }
    }
}

model::Array managed_fields(const Owners& owners, const std::string& api_version, const std::string& time) {
    model::Array entries;
    for (const auto& [manager, fields] : owners) {
        Value tree = model::Object();
        for (const auto& field : fields) {
            Value* node = &tree;
            for (const auto& key : field) {
                Value& child = node->as_object()["f:" + key];
                if (!child.is_object()) {
                    child = model::Object();
                }
                node = &child;
            }
        }
        model::Object entry = {{"manager", manager.name},   {"operation", manager.operation},
                               {"apiVersion", api_version}, {"time", time},
                               {"fieldsType", "FieldsV1"},  {"fieldsV1", std::move(tree)}};
        if (!manager.subresource.empty()) {
            entry["subresource"] = manager.subresource;
        }
        entries.emplace_back(std::move(entry));
    }
    return entries;
}

Owners owners_of(const model::Array& managed_fields) {
    Owners owners;
    for (const auto& entry : managed_fields) {
        const Manager manager{std::string(model::find_string(entry, {"manager"})),
                              std::string(model::find_string(entry, {"operation"})),
                              std::string(model::find_string(entry, {"subresource"}))};
        FieldPathKeys path;
        if (const Value* tree = model::find(entry, {"fieldsV1"})) {
            collect_owned(*tree, path, owners[manager]);
        }
    }
    drop_empty(owners);
    return owners;
}

}  // namespace kube::testing
