// SPDX-License-Identifier: 0BSD
#include "base/clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace base {

namespace {

class TimerAlarm final : public Alarm {
public:
    TimerAlarm(Executor executor, SteadyTime deadline, std::function<void()> ring)
        : timer_(std::move(executor), deadline),
          ring_(std::make_shared<std::function<void()>>(std::move(ring))) {
        // A timer that has expired calls back even when it is cancelled before its turn comes.
        timer_.async_wait([ring = std::weak_ptr(ring_)](boost::system::error_code error) {
            if (const auto alive = ring.lock(); alive && !error) {
                (*alive)();
            }
        });
    }

private:
    asio::steady_timer timer_;
    std::shared_ptr<std::function<void()>> ring_;
};

}  // namespace

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

std::unique_ptr<Alarm> SystemClock::set_alarm(Executor executor, SteadyTime deadline,
                                              std::function<void()> ring) {
    return std::make_unique<TimerAlarm>(std::move(executor), deadline, std::move(ring));
}

}  // namespace base
