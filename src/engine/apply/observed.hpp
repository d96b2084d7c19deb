// SPDX-License-Identifier: 0BSD
// ObservedStages: how each applied object was when this program last made sure of it, so that nothing is asked for twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/apply/live_objects.hpp"
#include "engine/apply/marks.hpp"

namespace apply {

// The objects of one stage. Memory: 24 bytes an object.
struct ObservedStage {
    std::string fingerprint;  // of all that the stage was rendered from
    struct Object {
        std::uint64_t id = 0;  // hash_of()
        Marks marks;
    };
    std::vector<Object> objects;  // sorted by id
    // Of objects that a user's rules judge: the version that they found ready.
    std::map<std::uint64_t, std::string> judged_ready = {};

    const Object* find(const model::ObjectId& id) const;
};

// Lost with the process; then the first pass makes sure of everything again.
class ObservedStages {
public:
    // nullptr: nothing is known of it.
    const ObservedStage* find(const Owner& owner, std::string_view stage) const;
    bool knows(const Owner& owner) const { return by_owner_.contains(owner); }
    // `stage.objects` in any order.
    void remember(const Owner& owner, const std::string& name, ObservedStage stage);
    // Does nothing for a stage that is not known.
    void remember_judged(const Owner& owner, std::string_view stage,
                         std::map<std::uint64_t, std::string> judged_ready);
    void forget(const Owner& owner) { by_owner_.erase(owner); }
    void forget(const Owner& owner, std::string_view stage);

    // Whether an object of the owner changed that is remembered, and not as it is now.
    bool differs(const ObjectChange& change) const;

private:
    std::map<Owner, std::map<std::string, ObservedStage, std::less<>>> by_owner_;
};

}  // namespace apply
