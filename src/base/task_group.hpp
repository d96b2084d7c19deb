// SPDX-License-Identifier: 0BSD
// TaskGroup: owns spawned tasks; nothing in this program runs outside of one.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>

#include "base/event.hpp"
#include "base/task.hpp"

namespace base {

// Cancels one spawned task; harmless once the task has ended. Copyable, empty by default.
class TaskHandle {
public:
    TaskHandle() = default;
    void cancel();
    bool running() const;

private:
    friend class TaskGroup;
    struct Entry;
    explicit TaskHandle(std::weak_ptr<Entry> entry) : entry_(std::move(entry)) {}
    std::weak_ptr<Entry> entry_;
};

// Lives on the loop's thread. The destructor requires that all tasks have ended: join() first.
class TaskGroup {
public:
    explicit TaskGroup(Executor executor);
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    // Starts `task` on the loop (not before this call returns).
    TaskHandle spawn(Task<void> task);
    // Cancels every running task; each ends at its next suspension point.
    void cancel();
    // Waits until all tasks have ended; answers the first error that was no cancellation (or kCancelled when the caller
    // itself was cancelled: then the children are cancelled too and still waited for).
    Task<void> join();
    std::size_t size() const { return entries_.size(); }

private:
    void finish(TaskHandle::Entry* entry, Result<void> result);

    Executor executor_;
    std::list<std::shared_ptr<TaskHandle::Entry>> entries_;
    std::optional<Error> first_error_;
    Event changed_;
};

}  // namespace base
