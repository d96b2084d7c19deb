// SPDX-License-Identifier: 0BSD
#include "base/wait.hpp"

namespace base {

Task<bool> wait_until(Event& event, Clock& clock, SteadyTime deadline) {
    bool rang = false;
    const auto alarm = clock.set_alarm(co_await asio::this_coro::executor, deadline, [&event, &rang] {
        rang = true;
        event.pulse();
    });
    if (auto woken = co_await event.wait(); !woken) {
        co_return woken.error();
    }
    co_return !rang || event.is_set();
}

}  // namespace base
