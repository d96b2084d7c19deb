// SPDX-License-Identifier: 0BSD
// run_task, settle: run tasks on a private event loop; for unit tests.
#pragma once

#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "base/task.hpp"

namespace base::testing {

template <class T>
asio::awaitable<void> store_result(Task<T> task, std::optional<Result<T>>& result) {
    co_await asio::this_coro::throw_if_cancelled(false);
    result.emplace(co_await std::move(task));
}

// Runs what is ready, and what that makes ready, without waiting for time or other threads.
inline void settle(asio::io_context& loop) {
    loop.restart();
    loop.poll();
}

// Runs the loop until `task` has ended and nothing else is left to do; the task must not depend on outside events.
template <class T>
Result<T> run_task(asio::io_context& loop, Task<T> task) {
    std::optional<Result<T>> result;
    asio::co_spawn(loop, store_result<T>(std::move(task), result), [](std::exception_ptr exception) {
        if (exception) {
            std::rethrow_exception(exception);
        }
    });
    loop.restart();
    loop.run();
    if (!result) {
        return Error{ErrorCode::kInternal, "the task never ended"};
    }
    return std::move(*result);
}

}  // namespace base::testing
