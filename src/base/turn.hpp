// SPDX-License-Identifier: 0BSD
// Turn: somebody's place in a FairQueue, given back while he waits for others.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/deadline.hpp"
#include "base/fair_queue.hpp"

namespace base {

class Turn {
public:
    // `queue` outlives the turn.
    Turn(FairQueue& queue, std::string identity) : queue_(queue), identity_(std::move(identity)) {}

    // Waits for a place; at once when there is one already. Errors: kCancelled.
    Task<void> take();
    void give_back() {
        place_.give_back();
        taken_ = false;
    }

private:
    FairQueue& queue_;
    std::string identity_;
    Place place_;
    bool taken_ = false;
};

// The task's result. When it takes longer than `patience`, the place is given back until it has ended: short work keeps it, so
// that those who begin are not more than there are places. Errors: the task's own; kCancelled.
template <class T>
Task<T> leave_for(Turn& turn, Task<T> task, Clock& clock, Duration patience) {
    const Executor executor = co_await asio::this_coro::executor;
    std::optional<Result<T>> outcome;
    Event ended(executor);
    TaskGroup group(executor);
    group.spawn(detail::store_outcome<T>(std::move(task), outcome, ended));
    Result<bool> waited = co_await wait_until(ended, clock, clock.steady_now() + patience);
    if (waited && !*waited) {
        turn.give_back();
        if (const auto woken = co_await ended.wait(); !woken) {
            waited = woken.error();
        }
    }
    if (!waited) {
        group.cancel();
    }
    const Result<void> joined = co_await group.join();
    if (!waited || !joined) {
        co_return waited ? joined.error() : waited.error();
    }
    if (auto taken = co_await turn.take(); !taken) {
        co_return taken.error();
    }
    co_return std::move(*outcome);
}

}  // namespace base
