// SPDX-License-Identifier: 0BSD
// SingleFlight: many tasks want the same work done now; one does it, the others wait for its result.
#pragma once

#include <cstdint>
#include <utility>

#include "base/event.hpp"
#include "base/task.hpp"

namespace base {

class SingleFlight {
public:
    explicit SingleFlight(Executor executor) : ended_(std::move(executor)) {}

    // Runs the task that `start()` returns, unless one runs: then waits for that one and answers its result. When the task
    // that runs it is cancelled, one of those who wait takes over. `start` must stay valid until the answer.
    template <class Start>
    Task<void> run(Start start) {
        while (running_) {
            if (auto waited = co_await ended_.wait(); !waited) {
                co_return waited;
            }
            if (last_ || last_.error().code != ErrorCode::kCancelled) {
                co_return last_;
            }
        }
        running_ = true;
        last_ = co_await start();
        running_ = false;
        ended_.pulse();
        co_return last_;
    }

private:
    Event ended_;
    bool running_ = false;
    Result<void> last_;
};

}  // namespace base
