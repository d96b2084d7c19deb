// SPDX-License-Identifier: 0BSD
#include "engine/apply/observed.hpp"

#include <algorithm>
#include <utility>

namespace apply {

const ObservedStage::Object* ObservedStage::find(const model::ObjectId& id) const {
    const std::uint64_t wanted = hash_of(id);
    const auto found = std::ranges::lower_bound(objects, wanted, {}, &Object::id);
    return found != objects.end() && found->id == wanted ? &*found : nullptr;
}

const ObservedStage* ObservedStages::find(const Owner& owner, std::string_view stage) const {
    const auto stages = by_owner_.find(owner);
    if (stages == by_owner_.end()) {
        return nullptr;
    }
    const auto found = stages->second.find(stage);
    return found == stages->second.end() ? nullptr : &found->second;
}

void ObservedStages::remember(const Owner& owner, const std::string& name, ObservedStage stage) {
    std::ranges::sort(stage.objects, {}, &ObservedStage::Object::id);
    by_owner_[owner].insert_or_assign(name, std::move(stage));
}

void ObservedStages::remember_judged(const Owner& owner, std::string_view stage,
                                     std::map<std::uint64_t, std::string> judged_ready) {
    const auto stages = by_owner_.find(owner);
    if (stages == by_owner_.end()) {
        return;
    }
    if (const auto found = stages->second.find(stage); found != stages->second.end()) {
        found->second.judged_ready = std::move(judged_ready);
    }
}

void ObservedStages::forget(const Owner& owner, std::string_view stage) {
    const auto stages = by_owner_.find(owner);
    if (stages == by_owner_.end()) {
        return;
    }
    if (const auto found = stages->second.find(stage); found != stages->second.end()) {
        stages->second.erase(found);
    }
}

bool ObservedStages::differs(const ObjectChange& change) const {
    const auto stages = by_owner_.find(change.owner);
    if (stages == by_owner_.end() || !change.id) {
        return false;
    }
    return std::ranges::any_of(stages->second, [&change](const auto& entry) {
        const ObservedStage::Object* known = entry.second.find(*change.id);
        return known != nullptr && (!change.marks || !same_marks(known->marks, *change.marks));
    });
}

}  // namespace apply
