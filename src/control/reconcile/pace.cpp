// SPDX-License-Identifier: 0BSD
#include "control/reconcile/pace.hpp"

#include <algorithm>

namespace reconcile {

namespace {

base::Duration time_for(double objects) {
    return std::chrono::duration_cast<base::Duration>(
        std::chrono::duration<double>(objects / VerifyPace::kObjectsPerSecond));
}

}  // namespace

base::Duration VerifyPace::wait(const apply::Owner& owner, std::size_t objects, base::SteadyTime now) {
    const auto given = given_.find(owner);
    if (given != given_.end()) {
        return std::max(base::Duration::zero(), given->second - now);
    }
    const base::Duration at_once = time_for(kObjectsAtOnce);
    const base::SteadyTime start = std::max(free_at_, now);
    free_at_ = start + time_for(static_cast<double>(objects));
    const base::SteadyTime turn = std::max(now, free_at_ - at_once);
    given_.emplace(owner, turn);
    return turn - now;
}

base::Duration HealPace::wait(const apply::Owner& owner, base::SteadyTime now) {
    const auto [found, is_first] = looks_.try_emplace(owner, Look{now + kFirst, kFirst});
    Look& look = found->second;
    if (is_first || look.at > now) {
        return look.at - now;
    }
    look.next = now - look.at > kCalm ? kFirst : std::min(kSlowest, look.next * 2);
    look.at = now + look.next;
    return look.next;
}

}  // namespace reconcile
