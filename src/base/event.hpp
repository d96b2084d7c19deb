// SPDX-License-Identifier: 0BSD
// Event: a flag that tasks wait for; set once or set and reset, on the loop's thread only.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include "base/task.hpp"

namespace base {

class Event {
public:
    explicit Event(Executor executor);
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    // Wakes all who wait now; later waits return at once until reset().
    void set();
    // Wakes all who wait now without leaving the flag set.
    void pulse();
    void reset() { is_set_ = false; }
    bool is_set() const { return is_set_; }

    // Returns when the event is set or pulsed. Errors: kCancelled. The event must outlive the wait.
    Task<void> wait();
    // As wait(), but a cancel does not end it: only for what must be waited for, such as the end of cancelled children.
    asio::awaitable<void> wait_uninterrupted();

private:
    asio::steady_timer timer_;
    bool is_set_ = false;
    std::uint64_t pulses_ = 0;
};

}  // namespace base
