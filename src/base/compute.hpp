// SPDX-License-Identifier: 0BSD
// Compute: a small thread pool for CPU work of more than a millisecond; results come back to the loop.
#pragma once

#include <type_traits>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/task.hpp"

namespace base {

class Compute {
public:
    explicit Compute(std::size_t threads) : pool_(threads) {}
    ~Compute() { pool_.join(); }

    // Runs `work` (a callable returning Result<T>, owning all it reads) on the pool and resumes the caller on its own
    // executor. Started work is never interrupted; when the caller was cancelled meanwhile the result is dropped and
    // kCancelled is returned.
    template <class Work, class R = std::invoke_result_t<Work>>
    asio::awaitable<R> run(Work work) {
        if (co_await is_cancelled()) {
            co_return R(cancelled_error());
        }
        R result = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(R)>(
            [this](auto handler, Work job) {
                auto executor = asio::get_associated_executor(handler);
                asio::post(pool_, [job = std::move(job), handler = std::move(handler),
                                   guard = asio::make_work_guard(executor)]() mutable {
                    R value = job();
                    asio::post(guard.get_executor(),
                               [handler = std::move(handler), value = std::move(value)]() mutable {
                                   handler(std::move(value));
                               });
                });
            },
            asio::use_awaitable, std::move(work));
        if (co_await is_cancelled()) {
            co_return R(cancelled_error());
        }
        co_return result;
    }

private:
    asio::thread_pool pool_;
};

}  // namespace base
