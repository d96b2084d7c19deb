// SPDX-License-Identifier: 0BSD
#include "control/queue/queue.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "base/event.hpp"
#include "base/wait.hpp"

namespace queue {

namespace {

// All keys' timers in one ordered map, so that a single sleeping task serves them all.
struct Entry;
using Timers = std::multimap<base::SteadyTime, Entry*>;

enum class Phase { kIdle, kWaiting, kRunning };

struct Entry {
    explicit Entry(Key of) : key(std::move(of)) {}

    const Key key;
    Phase phase = Phase::kIdle;
    // Of a running key: its task took its first step. Before that, a change is no reason for one more run.
    bool begun = false;
    // Of a running key: one more run follows.
    bool again = false;
    // When the key was added (waiting, or running and to run again), and when its run started.
    base::SteadyTime added_at{};
    base::SteadyTime started_at{};
    unsigned backoffs = 0;
    std::optional<Timers::iterator> timer;
    base::TaskHandle task;

    // A run that will see all that happened until now is still to come.
    bool will_run() const {
        return phase == Phase::kWaiting || (phase == Phase::kRunning && (again || !begun));
    }
};

}  // namespace

struct Queue::State {
    base::Clock& clock;
    Run run;
    Options options;
    Observer& observer;
    std::map<Key, Entry> entries;
    std::deque<Entry*> due;
    Timers timers;
    std::size_t running = 0;
    bool working = false;
    bool stopped = false;
    base::Event timers_changed;
    base::TaskGroup group;

    Entry& entry_of(const Key& key) { return entries.try_emplace(key, key).first->second; }
    const Entry* find(const Key& key) const;
    void forget_idle(Entry& entry);
    void add(Entry& entry);
    void add_after(Entry& entry, base::Duration delay);
    void add_rate_limited(Entry& entry);
    void drop_timer(Entry& entry);
    void fire_due();
    void start_due();
    base::Task<void> work_off(Entry& entry);
    void finish(Entry& entry, const base::Result<void>& result);
    base::Task<void> wait_for_timers();
};

namespace {

Observer& silent_observer() {
    static Observer observer;
    return observer;
}

}  // namespace

const Entry* Queue::State::find(const Key& key) const {
    const auto found = entries.find(key);
    return found == entries.end() ? nullptr : &found->second;
}

void Queue::State::forget_idle(Entry& entry) {
    if (entry.phase == Phase::kIdle && !entry.timer && entry.backoffs == 0) {
        entries.erase(entries.find(entry.key));
    }
}

void Queue::State::drop_timer(Entry& entry) {
    if (entry.timer) {
        timers.erase(*entry.timer);
        entry.timer.reset();
    }
}

void Queue::State::add(Entry& entry) {
    drop_timer(entry);
    if (entry.will_run()) {
        return;
    }
    entry.added_at = clock.steady_now();
    observer.added();
    if (entry.phase == Phase::kRunning) {
        entry.again = true;
        return;
    }
    entry.phase = Phase::kWaiting;
    due.push_back(&entry);
    start_due();
}

void Queue::State::add_after(Entry& entry, base::Duration delay) {
    if (delay <= base::Duration::zero()) {
        add(entry);
        return;
    }
    const auto deadline = clock.steady_now() + delay;
    // A key that will run anyway needs no timer: that run says when to come again.
    if (entry.will_run() || (entry.timer && (*entry.timer)->first <= deadline)) {
        return;
    }
    drop_timer(entry);
    entry.timer = timers.emplace(deadline, &entry);
    if (timers.begin() == *entry.timer) {
        timers_changed.pulse();
    }
}

void Queue::State::add_rate_limited(Entry& entry) {
    // Beyond 2^40 any first delay has passed any bound; the shift stays in range.
    const unsigned doublings = std::min(entry.backoffs, 40U);
    const bool at_most = options.backoff_first <= options.backoff_max / (std::int64_t{1} << doublings);
    ++entry.backoffs;
    observer.retried();
    add_after(entry, at_most ? options.backoff_first * (std::int64_t{1} << doublings) : options.backoff_max);
}

void Queue::State::fire_due() {
    const auto now = clock.steady_now();
    while (!timers.empty() && timers.begin()->first <= now) {
        add(*timers.begin()->second);
    }
}

void Queue::State::start_due() {
    while (working && !due.empty() && (options.concurrent_max == 0 || running < options.concurrent_max)) {
        Entry& entry = *due.front();
        due.pop_front();
        entry.phase = Phase::kRunning;
        entry.begun = false;
        ++running;
        entry.task = group.spawn(work_off(entry));
    }
}

base::Task<void> Queue::State::work_off(Entry& entry) {
    entry.begun = true;
    entry.started_at = clock.steady_now();
    observer.started(entry.started_at - entry.added_at);
    const auto result = co_await run(entry.key);
    finish(entry, result);
    co_return base::Result<void>{};
}

void Queue::State::finish(Entry& entry, const base::Result<void>& result) {
    observer.ended(clock.steady_now() - entry.started_at);
    entry.phase = Phase::kIdle;
    entry.task = {};
    --running;
    if (stopped) {
        return;
    }
    if (std::exchange(entry.again, false)) {
        drop_timer(entry);
        entry.phase = Phase::kWaiting;
        due.push_back(&entry);
    } else if (!result) {
        // A run that ended without having decided: the key must not be lost.
        add_rate_limited(entry);
    }
    forget_idle(entry);
    start_due();
}

base::Task<void> Queue::State::wait_for_timers() {
    if (timers.empty()) {
        co_return co_await timers_changed.wait();
    }
    const auto waited = co_await base::wait_until(timers_changed, clock, timers.begin()->first);
    if (!waited) {
        co_return waited.error();
    }
    co_return base::Result<void>{};
}

Queue::Queue(base::Clock& clock, base::Executor executor, Run run, Options options, Observer* observer)
    : state_(new State{clock,
                       std::move(run),
                       options,
                       observer == nullptr ? silent_observer() : *observer,
                       {},
                       {},
                       {},
                       0,
                       false,
                       false,
                       base::Event(executor),
                       base::TaskGroup(executor)}) {}

Queue::~Queue() = default;

base::Task<void> Queue::work() {
    State& state = *state_;
    state.working = true;
    state.start_due();
    base::Result<void> waited;
    while (waited) {
        state.fire_due();
        waited = co_await state.wait_for_timers();
    }
    state.stopped = true;
    state.working = false;
    state.due.clear();
    state.timers.clear();
    state.group.cancel();
    const auto joined = co_await state.group.join();
    state.entries.clear();
    state.running = 0;
    co_return joined ? waited.error() : joined.error();
}

void Queue::add(Key key) {
    if (!state_->stopped) {
        state_->add(state_->entry_of(key));
    }
}

void Queue::add_after(Key key, base::Duration delay) {
    if (!state_->stopped) {
        state_->add_after(state_->entry_of(key), delay);
    }
}

void Queue::add_rate_limited(Key key) {
    if (!state_->stopped) {
        state_->add_rate_limited(state_->entry_of(key));
    }
}

void Queue::forget(const Key& key) {
    if (const auto found = state_->entries.find(key); found != state_->entries.end()) {
        found->second.backoffs = 0;
        state_->forget_idle(found->second);
    }
}

void Queue::interrupt(Key key) {
    if (state_->stopped) {
        return;
    }
    Entry& entry = state_->entry_of(key);
    state_->add(entry);
    // A task that has not begun would end without a run; what changed is there for it to see.
    if (entry.phase == Phase::kRunning && entry.begun) {
        entry.task.cancel();
    }
}

bool Queue::running(const Key& key) const {
    const Entry* entry = state_->find(key);
    return entry != nullptr && entry->phase == Phase::kRunning;
}

std::size_t Queue::running_count() const { return state_->running; }

std::size_t Queue::waiting_count() const { return state_->due.size(); }

base::Duration Queue::longest_running() const {
    base::Duration longest{0};
    for (const auto& [key, entry] : state_->entries) {
        if (entry.phase == Phase::kRunning && entry.begun) {
            longest = std::max(longest, state_->clock.steady_now() - entry.started_at);
        }
    }
    return longest;
}

base::Duration Queue::unfinished_work() const {
    base::Duration sum{0};
    for (const auto& [key, entry] : state_->entries) {
        if (entry.phase == Phase::kRunning && entry.begun) {
            sum += state_->clock.steady_now() - entry.started_at;
        }
    }
    return sum;
}

}  // namespace queue
