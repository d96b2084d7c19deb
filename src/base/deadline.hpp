// SPDX-License-Identifier: 0BSD
// with_deadline: runs a task, but cancels it when a deadline passes first.
#pragma once

#include <optional>
#include <string>

#include "base/task_group.hpp"
#include "base/wait.hpp"

namespace base {

namespace detail {

template <class T>
Task<void> store_outcome(Task<T> task, std::optional<Result<T>>& outcome, Event& ended) {
    outcome.emplace(co_await std::move(task));
    ended.set();
    co_return Result<void>{};
}

}  // namespace detail

// The task's result; when `deadline` passes first the task is cancelled, waited for, and the error is kDeadlineExceeded with
// `message`. Errors: the task's own; kCancelled.
template <class T>
Task<T> with_deadline(Task<T> task, Clock& clock, SteadyTime deadline, std::string message) {
    const Executor executor = co_await asio::this_coro::executor;
    std::optional<Result<T>> outcome;
    Event ended(executor);
    TaskGroup group(executor);
    group.spawn(detail::store_outcome<T>(std::move(task), outcome, ended));
    const Result<bool> in_time = co_await wait_until(ended, clock, deadline);
    group.cancel();
    const Result<void> joined = co_await group.join();
    if (!in_time) {
        co_return in_time.error();
    }
    if (!joined && joined.error().code == ErrorCode::kCancelled) {
        co_return joined.error();
    }
    if (!*in_time && (!outcome || (!*outcome && outcome->error().code == ErrorCode::kCancelled))) {
        co_return Error{ErrorCode::kDeadlineExceeded, std::move(message)};
    }
    co_return std::move(*outcome);
}

}  // namespace base
