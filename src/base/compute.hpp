// SPDX-License-Identifier: 0BSD
// Compute: a small thread pool for CPU work of more than a millisecond; results come back to the loop.
#pragma once

#include <atomic>
#include <memory>
#include <type_traits>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/task.hpp"

namespace base {

// Destroyed before the event loop and after the last task that uses it has ended; waits for the work that is left.
class Compute {
public:
    explicit Compute(std::size_t threads) : pool_(threads) {}
    ~Compute() { pool_.join(); }

    // Runs `work` (a callable returning Result<T>, owning all it reads) on the pool and resumes the caller on its own
    // executor. Work that waits for a thread when the caller is cancelled is not begun; started work is never
    // interrupted, its result is dropped. Errors: those of `work`, and kCancelled.
    template <class Work, class R = std::invoke_result_t<Work>>
    asio::awaitable<R> run(Work work) {
        if (co_await is_cancelled()) {
            co_return R(cancelled_error());
        }
        R result = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(R)>(
            [this](auto handler, Work job) { this->template start<R>(std::move(handler), std::move(job)); },
            asio::use_awaitable, std::move(work));
        if (co_await is_cancelled()) {
            co_return R(cancelled_error());
        }
        co_return result;
    }

private:
    template <class R, class Handler, class Work>
    void start(Handler handler, Work job) {
        auto abandoned = std::make_shared<std::atomic<bool>>(false);
        if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) {
            slot.assign([abandoned](asio::cancellation_type) { *abandoned = true; });
        }
        auto guard = asio::make_work_guard(asio::get_associated_executor(handler));
        asio::post(pool_, [job = std::move(job), handler = std::move(handler), guard = std::move(guard),
                           abandoned]() mutable {
            R value = *abandoned ? R(cancelled_error()) : job();
            asio::post(guard.get_executor(),
                       [handler = std::move(handler), value = std::move(value)]() mutable {
                           handler(std::move(value));
                       });
        });
    }

    asio::thread_pool pool_;
};

}  // namespace base
