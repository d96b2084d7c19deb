// SPDX-License-Identifier: 0BSD
#include "base/clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace base {

Task<void> Clock::sleep_for(Duration duration) { return sleep_until(steady_now() + duration); }

WallTime SystemClock::now() const {
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady_now() const { return std::chrono::steady_clock::now(); }

Task<void> SystemClock::sleep_until(SteadyTime deadline) {
    if (co_await is_cancelled()) {
        co_return cancelled_error();
    }
    asio::steady_timer timer(co_await asio::this_coro::executor, deadline);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return co_await check_cancelled();
}

}  // namespace base
