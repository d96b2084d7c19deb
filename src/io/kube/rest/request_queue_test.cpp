// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/request_queue.hpp"

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "base/testing/run.hpp"

namespace kube {
namespace {

// A private loop on which tasks take places and keep them until they are told to give them back.
class Queue : public ::testing::Test {
protected:
    Queue() : group(loop.get_executor()), release(loop.get_executor()) {}
    ~Queue() override {
        group.cancel();
        base::testing::settle(loop);
    }

    base::Task<void> hold(std::string identity) {
        auto slot = co_await queue.acquire(identity);
        if (!slot) {
            order.push_back("cancelled " + identity);
            co_return slot.error();
        }
        order.push_back(identity);
        most = std::max(most, queue.in_flight());
        co_return co_await release.wait();
    }
    base::TaskHandle start(const std::string& identity) {
        auto handle = group.spawn(hold(identity));
        base::testing::settle(loop);
        return handle;
    }
    void finish_all_holders() {
        release.pulse();
        base::testing::settle(loop);
    }

    boost::asio::io_context loop;
    RequestQueue queue{loop.get_executor(), 2};
    base::TaskGroup group;
    base::Event release;
    std::vector<std::string> order;
    std::size_t most = 0;
};

TEST_F(Queue, NeverHasMoreInFlightThanItsLimit) {
    for (int i = 0; i < 7; ++i) {
        start("a");
    }
    EXPECT_EQ(order.size(), 2U);
    EXPECT_EQ(queue.waiting(), 5U);
    finish_all_holders();
    EXPECT_EQ(order.size(), 4U);
    finish_all_holders();
    finish_all_holders();
    finish_all_holders();
    EXPECT_EQ(order.size(), 7U);
    EXPECT_EQ(most, 2U);
    EXPECT_EQ(queue.in_flight(), 0U);
    EXPECT_EQ(queue.waiting(), 0U);
}

TEST_F(Queue, ServesIdentitiesInTurn) {
    for (const auto* identity : {"a", "a", "a", "a", "a", "a", "b", "c", "b"}) {
        start(identity);
    }
    while (queue.in_flight() > 0) {
        finish_all_holders();
    }
    EXPECT_EQ(order, (std::vector<std::string>{"a", "a", "a", "b", "c", "a", "b", "a", "a"}));
}

TEST_F(Queue, LetsANewcomerWaitBehindThoseWhoWait) {
    start("a");
    start("a");
    start("a");
    release.pulse();
    // Both places are free in a moment; the newcomer asks before the waiter has run.
    group.spawn(hold("late"));
    base::testing::settle(loop);
    ASSERT_GE(order.size(), 3U);
    EXPECT_EQ(order[2], "a");
}

TEST_F(Queue, TakesACancelledWaiterOutOfTheLine) {
    start("a");
    start("a");
    auto waiting = start("b");
    start("c");
    waiting.cancel();
    base::testing::settle(loop);
    EXPECT_EQ(queue.waiting(), 1U);
    finish_all_holders();
    EXPECT_EQ(order, (std::vector<std::string>{"a", "a", "cancelled b", "c"}));
    finish_all_holders();
    EXPECT_EQ(queue.in_flight(), 0U);
}

TEST_F(Queue, PassesThePlaceOnWhenItsNewOwnerIsCancelledInTheSameMoment) {
    start("a");
    start("a");
    auto chosen = start("b");
    start("c");
    // The places are returned and one granted to b within this poll; b is cancelled before it could run.
    release.pulse();
    while (queue.waiting() == 2 && loop.poll_one() > 0) {
    }
    chosen.cancel();
    base::testing::settle(loop);
    EXPECT_EQ(order.back(), "c");
    finish_all_holders();
    EXPECT_EQ(queue.in_flight(), 0U);
}

base::Task<void> acquire_in_spite_of_cancellation(RequestQueue& queue, base::Event& event,
                                                  std::vector<std::string>& order) {
    static_cast<void>(co_await event.wait());
    const auto slot = co_await queue.acquire("a");
    order.push_back(slot ? "taken" : "cancelled a");
    co_return base::Result<void>{};
}

TEST_F(Queue, RefusesAnAskerThatIsAlreadyCancelled) {
    auto handle = group.spawn(acquire_in_spite_of_cancellation(queue, release, order));
    base::testing::settle(loop);
    handle.cancel();
    base::testing::settle(loop);
    EXPECT_EQ(order, std::vector<std::string>{"cancelled a"});
    EXPECT_EQ(queue.in_flight(), 0U);
}

}  // namespace
}  // namespace kube
