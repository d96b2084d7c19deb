// SPDX-License-Identifier: 0BSD
// FakeClock: time that moves only when a test says so.
#pragma once

#include <algorithm>
#include <functional>
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
        Event event(executor_);
        const auto alarm = set_alarm(executor_, deadline, [&event] { event.set(); });
        co_return co_await event.wait();
    }
    std::unique_ptr<Alarm> set_alarm(Executor executor, SteadyTime deadline,
                                     std::function<void()> ring) override {
        auto alarm = std::make_unique<FakeAlarm>();
        alarm->ring = std::make_shared<std::function<void()>>(std::move(ring));
        if (deadline > steady_) {
            sleepers_.emplace(deadline, alarm->ring);
        } else {
            asio::post(executor, [ring = std::weak_ptr(alarm->ring)] { call(ring); });
        }
        return alarm;
    }
    // Moves both clocks and wakes who is due, in the order of their deadlines. Those who sleep again do so from the new
    // time on: to see each turn of a loop, advance by one turn at a time and let the event loop run between.
    void advance(Duration by) {
        steady_ += by;
        wall_ += by;
        while (!sleepers_.empty() && sleepers_.begin()->first <= steady_) {
            const Ring due = sleepers_.begin()->second;
            sleepers_.erase(sleepers_.begin());
            call(due);
        }
    }
    // How many tasks sleep now, and alarms are set.
    std::size_t sleeping() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(sleepers_, [](const auto& sleeper) { return !sleeper.second.expired(); }));
    }

private:
    using Ring = std::weak_ptr<std::function<void()>>;
    // Holds what rings; the clock only knows of it.
    struct FakeAlarm final : Alarm {
        std::shared_ptr<std::function<void()>> ring;
    };
    static void call(const Ring& ring) {
        if (const auto alive = ring.lock()) {
            (*alive)();
        }
    }

    Executor executor_;
    WallTime wall_;
    SteadyTime steady_{std::chrono::seconds(1000)};
    std::multimap<SteadyTime, Ring> sleepers_;
};

}  // namespace base::testing
