// SPDX-License-Identifier: 0BSD
#include "base/wait.hpp"

#include "base/task_group.hpp"

namespace base {

namespace {

Task<void> ring(Clock& clock, SteadyTime deadline, Event& event, bool& rang) {
    auto slept = co_await clock.sleep_until(deadline);
    if (slept) {
        rang = true;
        event.pulse();
    }
    co_return slept;
}

}  // namespace

Task<bool> wait_until(Event& event, Clock& clock, SteadyTime deadline) {
    bool rang = false;
    TaskGroup alarm(co_await asio::this_coro::executor);
    alarm.spawn(ring(clock, deadline, event, rang));
    const auto woken = co_await event.wait();
    alarm.cancel();
    const auto joined = co_await alarm.join();
    if (!woken) {
        co_return woken.error();
    }
    if (!joined && joined.error().code == ErrorCode::kCancelled) {
        co_return joined.error();
    }
    co_return !rang || event.is_set();
}

}  // namespace base
