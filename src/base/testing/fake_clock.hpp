// SPDX-License-Identifier: 0BSD
// FakeClock: time that moves only when a test says so.
#pragma once

#include <map>
#include <memory>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/clock.hpp"
#include "base/event.hpp"

namespace base::testing {

class FakeClock final : public Clock {
public:
    explicit FakeClock(Executor executor, WallTime start = WallTime(std::chrono::seconds(1'750'000'000)))
        : executor_(std::move(executor)), wall_(start) {}

    WallTime now() const override { return wall_; }
    SteadyTime steady_now() const override { return steady_; }
    Task<void> sleep_until(SteadyTime deadline) override {
        if (co_await is_cancelled()) {
            co_return cancelled_error();
        }
        if (deadline <= steady_) {
            co_await asio::post(executor_, asio::use_awaitable);
            co_return co_await check_cancelled();
        }
        auto event = std::make_shared<Event>(executor_);
        const auto sleeper = sleepers_.emplace(deadline, event);
        const Result<void> woken = co_await event->wait();
        // advance() takes out whom it wakes; a cancelled sleeper takes itself out.
        if (!event->is_set()) {
            sleepers_.erase(sleeper);
        }
        co_return woken;
    }
    // Moves both clocks and wakes who is due, in the order of their deadlines. Those who sleep again do so from the new
    // time on: to see each turn of a loop, advance by one turn at a time and let the event loop run between.
    void advance(Duration by) {
        steady_ += by;
        wall_ += by;
        while (!sleepers_.empty() && sleepers_.begin()->first <= steady_) {
            sleepers_.begin()->second->set();
            sleepers_.erase(sleepers_.begin());
        }
    }
    // How many tasks sleep now.
    std::size_t sleeping() const { return sleepers_.size(); }

private:
    Executor executor_;
    WallTime wall_;
    SteadyTime steady_{std::chrono::seconds(1000)};
    std::multimap<SteadyTime, std::shared_ptr<Event>> sleepers_;
};

}  // namespace base::testing
