// SPDX-License-Identifier: 0BSD
// FairQueue: bounds how many do something at once and shares the places fairly between those who ask.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <string>
#include <utility>

#include "base/event.hpp"
#include "base/task.hpp"

namespace base {

// A place given out; returned when it goes out of use. The queue must outlive it.
class Place;

// Lives on the loop's thread. Identities that wait are served in turn, each one's waiters in order of arrival.
class FairQueue {
public:
    FairQueue(Executor executor, std::size_t places) : executor_(std::move(executor)), places_(places) {}
    FairQueue(const FairQueue&) = delete;
    FairQueue& operator=(const FairQueue&) = delete;

    // Waits for a place. Errors: kCancelled; a cancelled waiter gives its turn away.
    Task<Place> acquire(std::string identity);

    std::size_t taken() const { return taken_; }
    std::size_t waiting() const { return waiting_count_; }

private:
    friend class Place;
    struct Waiter;
    struct Line {
        std::string identity;
        std::list<Waiter*> waiters;
    };
    using Lines = std::list<Line>;

    void enqueue(Waiter& waiter, std::string identity);
    void leave(Waiter& waiter);
    void release();
    void grant_next();

    Executor executor_;
    std::size_t places_;
    std::size_t taken_ = 0;
    std::size_t waiting_count_ = 0;
    // Only identities that wait; the first one's turn is next.
    Lines lines_;
    std::map<std::string, Lines::iterator, std::less<>> line_of_;
};

class Place {
public:
    // No place.
    Place() = default;
    Place(Place&& other) noexcept : queue_(std::exchange(other.queue_, nullptr)) {}
    Place& operator=(Place&& other) noexcept {
        std::swap(queue_, other.queue_);
        return *this;
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { give_back(); }

    void give_back() {
        if (queue_ != nullptr) {
            std::exchange(queue_, nullptr)->release();
        }
    }

private:
    friend class FairQueue;
    explicit Place(FairQueue* queue) : queue_(queue) {}
    FairQueue* queue_ = nullptr;
};

}  // namespace base
