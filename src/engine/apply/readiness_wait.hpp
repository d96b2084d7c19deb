// SPDX-License-Identifier: 0BSD
// ReadinessWait: which applied objects are not ready yet. Looked at again on change; between looks it is only this state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "engine/apply/live_objects.hpp"

namespace apply {

struct Awaited {
    kube::ObjectRef ref;
    std::string resource_version;  // of our own write: an older state does not count
};

// What one look found.
struct Looked {
    bool ready = false;
    // What is waited for, when users are to be told: at the first look, and when it changed, at most every 10 s.
    std::optional<std::string> news;
    // When to look again though no change was announced: objects without a watch, news that is due, the deadline.
    base::SteadyTime again;
};

class ReadinessWait {
public:
    // Objects that are ready by existing cost no request.
    ReadinessWait(std::vector<Awaited> objects, base::SteadyTime deadline);

    // Looks at each object that was not ready at the last look (kstatus).
    //
    // Errors:
    //   kInvalid           an object failed for good; the message names it and says why
    //   kDeadlineExceeded  the deadline has passed; the message lists what is not ready
    //   kForbidden         reading is not possible with this identity (other errors are retried until the deadline)
    //   kCancelled
    base::Task<Looked> look(LiveObjects& live, base::Clock& clock);

private:
    struct Pending {
        Awaited awaited;
        std::string message;
        bool watched = false;
        bool ready = false;
    };
    base::Task<void> look_at_each(LiveObjects& live, base::Clock& clock);
    std::string text() const;

    std::vector<Pending> pending_;
    base::SteadyTime deadline_;
    base::Duration poll_;
    std::size_t told_ = 0;  // hash of the last news
    std::optional<base::SteadyTime> told_at_;
};

}  // namespace apply
