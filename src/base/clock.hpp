// SPDX-License-Identifier: 0BSD
// Clock: the only source of time; replaced by a hand-driven one in tests.
#pragma once

#include <functional>
#include <memory>

#include "base/task.hpp"
#include "base/time.hpp"

namespace base {

// Rings once; one that is destroyed before never rings.
class Alarm {
public:
    virtual ~Alarm() = default;
};

class Clock {
public:
    virtual ~Clock() = default;
    virtual WallTime now() const = 0;
    virtual SteadyTime steady_now() const = 0;
    // Waits; a time that has passed returns at the loop's next turn. Errors: kCancelled.
    virtual Task<void> sleep_until(SteadyTime deadline) = 0;
    Task<void> sleep_for(Duration duration);
    // Calls `ring` on the loop of `executor` once `deadline` has come, never from inside of this call: a sleep without a task.
    virtual std::unique_ptr<Alarm> set_alarm(Executor executor, SteadyTime deadline,
                                             std::function<void()> ring) = 0;
};

// The machine's clocks, timers on the loop of the awaiting task.
class SystemClock final : public Clock {
public:
    WallTime now() const override;
    SteadyTime steady_now() const override;
    Task<void> sleep_until(SteadyTime deadline) override;
    std::unique_ptr<Alarm> set_alarm(Executor executor, SteadyTime deadline,
                                     std::function<void()> ring) override;
};

}  // namespace base
