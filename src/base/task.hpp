// SPDX-License-Identifier: 0BSD
// Task<T>: a coroutine on the event loop that yields a Result<T>, and how it learns that it was cancelled.
//
// A task is started by `co_await` or by TaskGroup::spawn, never detached. Cancellation arrives through Asio's
// cancellation slots; waiting primitives (Clock::sleep_for, Event::wait, HTTP requests, Compute::run) end with
// kCancelled, also when the cancellation came before the wait began. Exceptions do not cross a co_await.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/result.hpp"

namespace base {

namespace asio = boost::asio;

// The one event loop's executor.
using Executor = asio::any_io_executor;

template <class T>
using Task = asio::awaitable<Result<T>>;

// The error that every cancelled wait ends with.
inline Error cancelled_error() { return Error{ErrorCode::kCancelled, "cancelled"}; }

// Answers whether the running task was cancelled; does not suspend.
inline asio::awaitable<bool> is_cancelled() {
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
}

// Ok, or kCancelled when the running task was cancelled: for loops that would otherwise not wait.
inline Task<void> check_cancelled() {
    if (co_await is_cancelled()) {
        co_return cancelled_error();
    }
    co_return Result<void>{};
}

}  // namespace base
