// SPDX-License-Identifier: 0BSD
// RequestQueue: bounds the requests in flight to one API server and shares the places fairly between identities.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <string>

#include "base/event.hpp"
#include "base/task.hpp"

namespace kube {

// Enough to saturate an API server over one HTTP/2 connection; more only makes its own queues longer.
inline constexpr std::size_t kRequestsInFlightMax = 64;

// A place given out; returned when it goes out of use. The queue must outlive it.
class RequestSlot;

// Lives on the loop's thread. Identities that wait are served in turn, each one's requests in order of arrival.
class RequestQueue {
public:
    RequestQueue(base::Executor executor, std::size_t in_flight_max = kRequestsInFlightMax)
        : executor_(std::move(executor)), in_flight_max_(in_flight_max) {}
    RequestQueue(const RequestQueue&) = delete;
    RequestQueue& operator=(const RequestQueue&) = delete;

    // Waits for a place. Errors: kCancelled; a cancelled waiter gives its turn away.
    base::Task<RequestSlot> acquire(std::string identity);

    std::size_t in_flight() const { return in_flight_; }
    std::size_t waiting() const { return waiting_count_; }

private:
    friend class RequestSlot;
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

    base::Executor executor_;
    std::size_t in_flight_max_;
    std::size_t in_flight_ = 0;
    std::size_t waiting_count_ = 0;
    // Only identities that wait; the first one's turn is next.
    Lines lines_;
    std::map<std::string, Lines::iterator, std::less<>> line_of_;
};

class RequestSlot {
public:
    RequestSlot() = default;
    RequestSlot(RequestSlot&& other) noexcept : queue_(std::exchange(other.queue_, nullptr)) {}
    RequestSlot& operator=(RequestSlot&& other) noexcept {
        std::swap(queue_, other.queue_);
        return *this;
    }
    RequestSlot(const RequestSlot&) = delete;
    RequestSlot& operator=(const RequestSlot&) = delete;
    ~RequestSlot() {
        if (queue_ != nullptr) {
            queue_->release();
        }
    }

private:
    friend class RequestQueue;
    explicit RequestSlot(RequestQueue* queue) : queue_(queue) {}
    RequestQueue* queue_ = nullptr;
};

}  // namespace kube
