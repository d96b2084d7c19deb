// SPDX-License-Identifier: 0BSD
#include "base/event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace base {

// A timer that never fires is Asio's condition variable: cancelling it wakes its waiters.
Event::Event(Executor executor) : timer_(std::move(executor), asio::steady_timer::time_point::max()) {}

void Event::set() {
    is_set_ = true;
    pulse();
}

void Event::pulse() {
    ++pulses_;
    timer_.cancel();
}

Task<void> Event::wait() {
    if (co_await is_cancelled()) {
        co_return cancelled_error();
    }
    const std::uint64_t before = pulses_;
    while (!is_set_ && pulses_ == before) {
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (co_await is_cancelled()) {
            co_return cancelled_error();
        }
    }
    co_return Result<void>{};
}

asio::awaitable<void> Event::wait_uninterrupted() {
    const std::uint64_t before = pulses_;
    while (!is_set_ && pulses_ == before) {
        // A cancel wakes the timer too: then the loop waits again.
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

}  // namespace base
