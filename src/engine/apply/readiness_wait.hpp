// SPDX-License-Identifier: 0BSD
// ReadinessWait: which objects of a stage are not ready yet. Looked at again on change; between looks it is only this state.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "engine/apply/live_objects.hpp"
#include "rules/readiness/health_rules.hpp"

namespace apply {

struct Awaited {
    kube::ObjectRef
        ref;  // of one that a user named: its version does not count, nor its namespace where the kind has none
    std::string resource_version = {};  // of our own write: an older state does not count
    bool applied = true;                // by this stage, with our labels; else only named by a user
    bool judged = false;                // the user's rules found this very version ready
};

// What one look found.
struct Looked {
    bool ready = false;
    // What is waited for, when users are to be told: at the first look, and when it changed, at most every 10 s.
    std::optional<std::string> news;
    // When to look again though no change was announced: objects without a watch, pods, news that is due, the deadline.
    base::SteadyTime again;
};

class ReadinessWait {
public:
    // Applied objects that are ready by existing cost no request. `rules` may be nullptr: then kstatus judges all.
    ReadinessWait(std::vector<Awaited> objects, base::SteadyTime deadline,
                  std::shared_ptr<const readiness::HealthRules> rules = nullptr);

    // Looks at each object that was not ready at the last look, and now and then at the pods of workloads among them.
    //
    // Errors:
    //   kInvalid           an object failed for good; the message names it and says why
    //   kDeadlineExceeded  the deadline has passed; the message lists what is not ready
    //   kForbidden         reading is not possible with this identity (other errors are retried until the deadline)
    //   kCancelled
    base::Task<Looked> look(LiveObjects& live, base::Clock& clock);

    // Versions that the rules found ready, by hash_of() of the objects: to be judged again only when they change.
    const std::map<std::uint64_t, std::string>& judged_ready() const { return judged_ready_; }

private:
    struct Pending {
        Awaited awaited;
        readiness::State state = readiness::State::kUnknown;
        bool located = false;
        bool existed = false;  // at an earlier look, or by our own write
        bool by_rules = false;
        bool judged = false;  // as of awaited.resource_version
        bool watched = false;
        bool has_pods = false;
        std::string message;
        std::string pods;  // what the last look at them found
    };
    // These fail only with what ends the wait.
    base::Task<void> look_at_each(LiveObjects& live, base::Clock& clock);
    base::Task<void> look_at(Pending& pending, LiveObjects& live, base::Clock& clock);
    base::Task<void> look_at_pods(LiveObjects& live, base::Clock& clock);
    base::Task<void> look_at_pods_of(Pending& pending, LiveObjects& live, base::Clock& clock);
    // What is said of an object that is there, or of one that is not.
    base::Task<readiness::Verdict> judge(const Pending& pending, LiveObject found, LiveObjects& live,
                                         base::Clock& clock) const;
    std::string text(bool with_states) const;

    std::vector<Pending> pending_;
    std::map<std::uint64_t, std::string> judged_ready_;
    std::shared_ptr<const readiness::HealthRules> rules_;
    base::SteadyTime deadline_;
    base::Duration poll_;
    std::optional<base::SteadyTime> poll_at_;  // when objects that no watch can cover are read next
    PodTurns::Place place_;
    base::Duration pods_period_;
    base::SteadyTime pods_at_{};
    std::size_t pods_next_ = 0;
    std::string unwatched_because_;
    std::string pods_refused_because_;
    std::size_t told_ = 0;  // hash of the last news
    std::optional<base::SteadyTime> told_at_;
};

}  // namespace apply
