// SPDX-License-Identifier: 0BSD
#include "base/task_group.hpp"

#include <exception>
#include <string>
#include <utility>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/invariant.hpp"

namespace base {

struct TaskHandle::Entry {
    asio::cancellation_signal signal;
    std::list<std::shared_ptr<Entry>>::iterator position;
    // Set by the task's first step. Before it Asio would answer a cancel with an exception, so that none is sent.
    bool started = false;
    bool cancelled = false;
    bool ended = false;

    void cancel() {
        cancelled = true;
        if (started && !ended) {
            signal.emit(asio::cancellation_type::terminal);
        }
    }
};

namespace {

// `started` and `cancelled` are the entry's, which lives until the task has ended.
asio::awaitable<Result<void>> run(Task<void> task, bool& started, const bool& cancelled) {
    // Cancellation is an Error like any other.
    co_await asio::this_coro::throw_if_cancelled(false);
    started = true;
    // Runs later than spawn(), so that a caller has its handle before the first step.
    co_await asio::post(asio::use_awaitable);
    if (cancelled) {
        co_return cancelled_error();
    }
    co_return co_await std::move(task);
}

void refuse(const std::exception_ptr& exception) {
    std::string text = "an exception left a task";
    try {
        std::rethrow_exception(exception);
    } catch (const std::exception& thrown) {
        text += std::string(": ") + thrown.what();
    } catch (...) {
        text += " that is no std::exception";
    }
    invariant(false, text.c_str());
}

}  // namespace

void TaskHandle::cancel() {
    if (const auto entry = entry_.lock()) {
        entry->cancel();
    }
}

bool TaskHandle::running() const {
    const auto entry = entry_.lock();
    return entry && !entry->ended;
}

// What Asio calls when a task has ended. It names its cancellation slot itself: behind bind_cancellation_slot(), Asio 1.81
// sends a cancel from outside of the loop through a queue, and the task may be gone when the cancel leaves it.
struct TaskGroup::Completion {
    using cancellation_slot_type = asio::cancellation_slot;

    cancellation_slot_type get_cancellation_slot() const noexcept { return entry->signal.slot(); }
    void operator()(const std::exception_ptr& exception, Result<void> result) const {
        if (exception) {
            refuse(exception);
        }
        group->finish(entry.get(), std::move(result));
    }

    TaskGroup* group;
    std::shared_ptr<TaskHandle::Entry> entry;
};

TaskGroup::TaskGroup(Executor executor) : executor_(executor), changed_(executor) {}

TaskGroup::~TaskGroup() { invariant(entries_.empty(), "a TaskGroup was destroyed while tasks were running"); }

TaskHandle TaskGroup::spawn(Task<void> task) {
    auto entry = std::make_shared<TaskHandle::Entry>();
    entry->position = entries_.insert(entries_.end(), entry);
    asio::co_spawn(executor_, run(std::move(task), entry->started, entry->cancelled),
                   Completion{this, entry});
    if (is_closing_) {
        entry->cancel();
    }
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
        entry->cancel();
    }
}

Task<void> TaskGroup::join() {
    while (!entries_.empty()) {
        if (const auto woken = co_await changed_.wait(); !woken) {
            break;
        }
    }
    if (co_await is_cancelled()) {
        is_closing_ = true;
        cancel();
        while (!entries_.empty()) {
            co_await changed_.wait_uninterrupted();
        }
        is_closing_ = false;
        first_error_.reset();
        co_return cancelled_error();
    }
    if (auto error = std::exchange(first_error_, std::nullopt)) {
        co_return *std::move(error);
    }
    co_return Result<void>{};
}

}  // namespace base
