// SPDX-License-Identifier: 0BSD
// FakeClock: time that moves only when a test says so.
#pragma once

#include <map>
#include <memory>

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
        auto event = std::make_shared<Event>(executor_);
        if (deadline <= steady_) {
            event->set();
        } else {
            sleepers_.emplace(deadline, event);
        }
        co_return co_await event->wait();
    }
    // Moves both clocks and wakes who is due.
    void advance(Duration by) {
        steady_ += by;
        wall_ += by;
        while (!sleepers_.empty() && sleepers_.begin()->first <= steady_) {
            sleepers_.begin()->second->set();
            sleepers_.erase(sleepers_.begin());
        }
    }
    std::size_t sleeping() const { return sleepers_.size(); }

private:
    Executor executor_;
    WallTime wall_;
    SteadyTime steady_{std::chrono::seconds(1000)};
    std::multimap<SteadyTime, std::shared_ptr<Event>> sleepers_;
};

}  // namespace base::testing
