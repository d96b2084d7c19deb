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

    // Starts `task` on the loop (not before this call returns). A task that is cancelled before it started never runs.
    TaskHandle spawn(Task<void> task);
    // Cancels every running task; the next wait of each ends with kCancelled. Tasks spawned later are not concerned.
    void cancel();
    // Waits until all tasks have ended; answers the first error since the last join that was no cancellation. When the
    // caller was cancelled, kCancelled: then the children, also those spawned meanwhile, are cancelled and still waited for.
    Task<void> join();
    std::size_t size() const { return entries_.size(); }

private:
    struct Completion;
    void finish(TaskHandle::Entry* entry, Result<void> result);

    Executor executor_;
    std::list<std::shared_ptr<TaskHandle::Entry>> entries_;
    std::optional<Error> first_error_;
    // A cancelled caller waits in join(): what is spawned now is cancelled at once, or the wait might never end.
    bool is_closing_ = false;
    Event changed_;
};

}  // namespace base
