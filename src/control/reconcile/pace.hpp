// SPDX-License-Identifier: 0BSD
// How soon things that nobody waits for are done, so that many of them do not come at once.
#pragma once

#include <cstddef>
#include <map>

#include "base/clock.hpp"
#include "engine/apply/live_objects.hpp"

namespace reconcile {

// After a start: spreads the passes that make sure of what the process before it applied.
class VerifyPace {
public:
    // A small installation is looked through at once. Of a large one, 100 objects a second (200 requests) leave an API server
    // room for everybody else; ten thousand objects take a minute and a half.
    static constexpr double kObjectsAtOnce = 1'000;
    static constexpr double kObjectsPerSecond = 100;

    // How long the owner's pass over so many objects has to wait; zero: go now. Who asks again keeps the time it was given.
    base::Duration wait(const apply::Owner& owner, std::size_t objects, base::SteadyTime now);
    void forget(const apply::Owner& owner) { given_.erase(owner); }

private:
    base::SteadyTime free_at_{};  // when all that was admitted is done, as far as the pace goes
    std::map<apply::Owner, base::SteadyTime> given_;
};

// Looks after an object was changed behind our back: soon, but ever less often where somebody writes against us.
class HealPace {
public:
    static constexpr base::Duration kFirst = std::chrono::milliseconds(500);  // a burst is one look
    static constexpr base::Duration kSlowest = std::chrono::minutes(1);
    static constexpr base::Duration kCalm =
        std::chrono::minutes(10);  // after it, the next change is the first again

    // How long until the owner is looked at. Changes before that time are seen by that same look.
    base::Duration wait(const apply::Owner& owner, base::SteadyTime now);
    void forget(const apply::Owner& owner) { looks_.erase(owner); }

private:
    struct Look {
        base::SteadyTime at;
        base::Duration next = kFirst;
    };
    std::map<apply::Owner, Look> looks_;
};

}  // namespace reconcile
