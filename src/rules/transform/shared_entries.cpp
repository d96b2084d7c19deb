// SPDX-License-Identifier: 0BSD
#include "rules/transform/shared_entries.hpp"

#include <algorithm>
#include <string>
#include <variant>

namespace transform {
namespace {

model::Value* entry_at(Resource& resource, const model::FieldPath& path, std::string_view key) {
    model::Value* at = &resource.object;
    for (const model::PathStep& step : path.steps()) {
        if (const auto* name = std::get_if<std::string>(&step)) {
            model::Object* map = at->if_object();
            at = map == nullptr ? nullptr : map->if_contains(*name);
        } else {
            model::Array* list = at->if_array();
            at = list == nullptr ? nullptr : list->if_contains(std::get<std::size_t>(step));
        }
        if (at == nullptr) {
            return nullptr;
        }
    }
    model::Object* map = at->if_object();
    return map == nullptr ? nullptr : map->if_contains(key);
}

void follow(Resource& resource, SharedEntry& entry) {
    std::vector<model::Value*> places;
    std::erase_if(entry.maps, [&](const auto& path) {
        model::Value* place = entry_at(resource, *path, entry.key);
        const bool is_gone = place == nullptr || place->is_structured();
        if (!is_gone) {
            places.push_back(place);
        }
        return is_gone;
    });
    const auto changed =
        std::ranges::find_if(places.rbegin(), places.rend(),
                             [&entry](const model::Value* place) { return *place != entry.value; });
    if (changed == places.rend()) {
        return;
    }
    entry.value = **changed;
    for (model::Value* place : places) {
        *place = entry.value;
    }
}

bool is_annotations(const model::FieldPath& path) {
    const auto& steps = path.steps();
    return steps.size() == 2 && steps[0] == model::PathStep("metadata") &&
           steps[1] == model::PathStep("annotations");
}

void drop_single(Resource& resource) {
    std::erase_if(resource.shared, [](const SharedEntry& entry) { return entry.maps.size() < 2; });
}

}  // namespace

void follow_shared(Resource& resource) {
    if (resource.shared.empty()) {
        return;
    }
    for (SharedEntry& entry : resource.shared) {
        follow(resource, entry);
    }
    drop_single(resource);
}

void forget_shared(Resource& resource) { resource.shared.clear(); }

void forget_shared_annotations(Resource& resource) {
    for (SharedEntry& entry : resource.shared) {
        std::erase_if(entry.maps, [](const auto& path) { return is_annotations(*path); });
    }
    drop_single(resource);
}

}  // namespace transform
