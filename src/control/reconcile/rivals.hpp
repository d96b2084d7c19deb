// SPDX-License-Identifier: 0BSD
// Two StageSets that render one object: each undoes what the other did, and somebody has to be told.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/apply/live_objects.hpp"
#include "model/value.hpp"

namespace reconcile {

// An object that carried another StageSet's labels when a stage applied it.
struct Rivalry {
    model::ObjectId object;
    apply::Owner other;

    auto operator<=>(const Rivalry&) const = default;
};

// "ConfigMap/t/a of StageSet t/other, …": at most ten are named.
std::string describe(const std::vector<Rivalry>& rivalries);

// What was told already: the same objects change hands with each pass of either StageSet.
class ToldRivals {
public:
    // Those of `found` that were not told of the stage at this revision; from now on they are.
    std::vector<Rivalry> take_news(const apply::Owner& owner, const std::string& stage,
                                   const std::string& revision, const std::vector<Rivalry>& found);
    void forget(const apply::Owner& owner) { told_.erase(owner); }

private:
    struct Told {
        std::string revision;
        std::set<Rivalry> rivalries;  // at most as many as the stage has objects
    };
    std::map<apply::Owner, std::map<std::string, Told>> told_;
};

}  // namespace reconcile
