// SPDX-License-Identifier: 0BSD
#include "base/fair_queue.hpp"

#include <utility>

namespace base {

// Lives in the frame of acquire(); takes itself out of the line when that frame goes away in any manner.
struct FairQueue::Waiter {
    Waiter(FairQueue& owner, Executor executor) : queue(owner), granted(std::move(executor)) {}
    ~Waiter() {
        if (is_waiting) {
            queue.leave(*this);
        } else if (is_granted) {
            queue.release();
        }
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    FairQueue& queue;
    Event granted;
    Lines::iterator line;
    std::list<Waiter*>::iterator position;
    bool is_waiting = false;
    bool is_granted = false;  // holds a place that nobody took over yet
};

Task<Place> FairQueue::acquire(std::string identity) {
    if (co_await is_cancelled()) {
        co_return cancelled_error();
    }
    if (taken_ < places_ && lines_.empty()) {
        ++taken_;
        co_return Place(this);
    }
    Waiter waiter(*this, executor_);
    enqueue(waiter, std::move(identity));
    if (auto woken = co_await waiter.granted.wait(); !woken) {
        co_return woken.error();
    }
    waiter.is_granted = false;
    co_return Place(this);
}

void FairQueue::enqueue(Waiter& waiter, std::string identity) {
    auto known = line_of_.find(identity);
    if (known == line_of_.end()) {
        const auto line = lines_.insert(lines_.end(), Line{identity, {}});
        known = line_of_.emplace(std::move(identity), line).first;
    }
    waiter.line = known->second;
    waiter.position = waiter.line->waiters.insert(waiter.line->waiters.end(), &waiter);
    waiter.is_waiting = true;
    ++waiting_count_;
}

void FairQueue::leave(Waiter& waiter) {
    waiter.is_waiting = false;
    waiter.line->waiters.erase(waiter.position);
    --waiting_count_;
    if (waiter.line->waiters.empty()) {
        line_of_.erase(waiter.line->identity);
        lines_.erase(waiter.line);
    }
}

void FairQueue::release() {
    --taken_;
    grant_next();
}

void FairQueue::grant_next() {
    if (lines_.empty() || taken_ >= places_) {
        return;
    }
    Waiter& next = *lines_.front().waiters.front();
    // The line goes to the end before the waiter leaves it, which may remove it.
    lines_.splice(lines_.end(), lines_, lines_.begin());
    leave(next);
    ++taken_;
    next.is_granted = true;
    next.granted.set();
}

}  // namespace base
