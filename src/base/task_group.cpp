// SPDX-License-Identifier: 0BSD
#include "base/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "base/invariant.hpp"

namespace base {

struct TaskHandle::Entry {
    asio::cancellation_signal signal;
    std::list<std::shared_ptr<Entry>>::iterator position;
    bool ended = false;
};

namespace {

// Turns off Asio's exception on cancellation for the whole task: cancellation is an Error like any other.
asio::awaitable<Result<void>> run(Task<void> task) {
    co_await asio::this_coro::throw_if_cancelled(false);
    // Runs later than spawn(), so that a caller has its handle before the first step.
    co_await asio::post(asio::use_awaitable);
    co_return co_await std::move(task);
}

}  // namespace

void TaskHandle::cancel() {
    if (const auto entry = entry_.lock(); entry && !entry->ended) {
        entry->signal.emit(asio::cancellation_type::terminal);
    }
}

bool TaskHandle::running() const {
    const auto entry = entry_.lock();
    return entry && !entry->ended;
}

TaskGroup::TaskGroup(Executor executor) : executor_(executor), changed_(executor) {}

TaskGroup::~TaskGroup() { invariant(entries_.empty(), "a TaskGroup was destroyed while tasks were running"); }

TaskHandle TaskGroup::spawn(Task<void> task) {
    auto entry = std::make_shared<TaskHandle::Entry>();
    entry->position = entries_.insert(entries_.end(), entry);
    asio::co_spawn(
        executor_, run(std::move(task)),
        asio::bind_cancellation_slot(entry->signal.slot(),
                                     [this, entry](std::exception_ptr exception, Result<void> result) {
                                         invariant(!exception, "an exception left a task");
                                         finish(entry.get(), std::move(result));
                                     }));
    return TaskHandle(entry);
}

void TaskGroup::finish(TaskHandle::Entry* entry, Result<void> result) {
    entry->ended = true;
    if (!result && result.error().code != ErrorCode::kCancelled && !first_error_) {
        first_error_ = std::move(result.error());
    }
    entries_.erase(entry->position);
    changed_.pulse();
}

void TaskGroup::cancel() {
    // A cancelled task may end, and leave the list, at once: walk over a copy.
    const auto entries = entries_;
    for (const auto& entry : entries) {
        if (!entry->ended) {
            entry->signal.emit(asio::cancellation_type::terminal);
        }
    }
}

Task<void> TaskGroup::join() {
    bool interrupted = co_await is_cancelled();
    if (interrupted) {
        cancel();
    }
    // The wait itself must not end by cancellation: children hold references to what their parent owns.
    while (!entries_.empty()) {
        if (interrupted) {
            co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        }
        if (const auto woken = co_await changed_.wait(); !woken) {
            interrupted = true;
            cancel();
        }
    }
    if (interrupted) {
        co_return cancelled_error();
    }
    if (first_error_) {
        co_return std::move(*first_error_);
    }
    co_return Result<void>{};
}

}  // namespace base
