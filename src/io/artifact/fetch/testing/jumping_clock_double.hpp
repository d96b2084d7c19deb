// SPDX-License-Identifier: 0BSD
// JumpingClockDouble: sleeping takes no time, but time passes; remembers how long each sleep was. Its alarms never ring.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/clock.hpp"

namespace artifact::testing {

class JumpingClockDouble final : public base::Clock {
public:
    base::WallTime now() const override { return base::WallTime(steady_.time_since_epoch()); }
    base::SteadyTime steady_now() const override { return steady_; }
    base::Task<void> sleep_until(base::SteadyTime deadline) override {
        slept.push_back(deadline - steady_);
        steady_ = std::max(steady_, deadline);
        co_return co_await base::check_cancelled();
    }
    std::unique_ptr<base::Alarm> set_alarm(base::Executor, base::SteadyTime, std::function<void()>) override {
        return std::make_unique<base::Alarm>();
    }

    std::vector<base::Duration> slept;

private:
    base::SteadyTime steady_{std::chrono::seconds(1000)};
};

}  // namespace artifact::testing
