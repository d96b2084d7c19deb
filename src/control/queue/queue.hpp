// SPDX-License-Identifier: 0BSD
// Queue: runs one task a key, never two of one key at once; the controller's work loop without a worker pool.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/task_group.hpp"

namespace queue {

struct Key {
    std::string ns;
    std::string name;

    auto operator<=>(const Key&) const = default;
    std::string text() const { return ns + "/" + name; }
};

// Told of what happens in the queue, for metrics; called on the loop's thread.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void added() {}
    virtual void retried() {}
    // The run started after waiting in the queue for so long.
    virtual void started(base::Duration /*waited*/) {}
    virtual void ended(base::Duration /*worked*/) {}
};

struct Options {
    std::size_t concurrent_max = 0;  // runs at once; 0: unlimited, as a waiting run costs nothing
    base::Duration backoff_first = std::chrono::milliseconds(5);
    base::Duration backoff_max = std::chrono::seconds(1000);
};

// Works off one key; it may suspend for as long as it likes. Its errors other than kCancelled are a fault of its author:
// it handles its own failures and says when to come again by add_after() or add_rate_limited(). So that no key is lost, a run
// that ends with an error is repeated after the key's backoff.
using Run = std::function<base::Task<void>(Key)>;

class Queue {
public:
    // `clock`, `observer` and what `run` refers to outlive the queue. `observer` may be nullptr.
    Queue(base::Clock& clock, base::Executor executor, Run run, Options options, Observer* observer);
    ~Queue();
    Queue(const Queue&) = delete;
    Queue& operator=(const Queue&) = delete;

    // Works until cancelled: starts runs and timers. On cancellation no key is taken any more, running tasks are cancelled
    // and waited for. Errors: kCancelled only.
    base::Task<void> work();

    // Runs the key soon. While it runs: exactly one more run follows. Cancels a pending timer of the key.
    void add(Key key);
    // Runs the key after `delay` unless it is added before; of two timers the earlier counts. Without effect while the key
    // waits for its start: that run says when to come again.
    void add_after(Key key, base::Duration delay);
    // Runs the key after its backoff, which doubles with each call until forget().
    void add_rate_limited(Key key);
    void forget(const Key& key);
    // Cancels the key's running task, if any, and runs the key again; like add() when it does not run.
    void interrupt(Key key);

    bool running(const Key& key) const;
    std::size_t running_count() const;
    std::size_t waiting_count() const;  // due, but not started
    base::Duration longest_running() const;
    base::Duration unfinished_work() const;  // sum over running tasks

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace queue
