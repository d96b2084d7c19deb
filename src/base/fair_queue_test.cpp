// SPDX-License-Identifier: 0BSD
#include "base/fair_queue.hpp"

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "base/testing/run.hpp"

namespace base {
namespace {

// A private loop on which tasks take places and keep them until they are told to give them back.
class FairQueueTest : public ::testing::Test {
protected:
    FairQueueTest() : group(loop.get_executor()), release(loop.get_executor()) {}
    ~FairQueueTest() override {
        group.cancel();
        testing::settle(loop);
    }

    Task<void> hold(std::string identity) {
        auto place = co_await queue.acquire(identity);
        if (!place) {
            order.push_back("cancelled " + identity);
            co_return place.error();
        }
        order.push_back(identity);
        most = std::max(most, queue.taken());
        co_return co_await release.wait();
    }
    TaskHandle start(const std::string& identity) {
        auto handle = group.spawn(hold(identity));
        testing::settle(loop);
        return handle;
    }
    void finish_all_holders() {
        release.pulse();
        testing::settle(loop);
    }

    boost::asio::io_context loop;
    FairQueue queue{loop.get_executor(), 2};
    TaskGroup group;
    Event release;
    std::vector<std::string> order;
    std::size_t most = 0;
};

TEST_F(FairQueueTest, NeverHasMoreInFlightThanItsLimit) {
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
    EXPECT_EQ(queue.taken(), 0U);
    EXPECT_EQ(queue.waiting(), 0U);
}

TEST_F(FairQueueTest, ServesIdentitiesInTurn) {
    for (const auto* identity : {"a", "a", "a", "a", "a", "a", "b", "c", "b"}) {
        start(identity);
    }
    while (queue.taken() > 0) {
        finish_all_holders();
    }
    EXPECT_EQ(order, (std::vector<std::string>{"a", "a", "a", "b", "c", "a", "b", "a", "a"}));
}

TEST_F(FairQueueTest, LetsANewcomerWaitBehindThoseWhoWait) {
    start("a");
    start("a");
    start("a");
    release.pulse();
    // Both places are free in a moment; the newcomer asks before the waiter has run.
    group.spawn(hold("late"));
    testing::settle(loop);
    ASSERT_GE(order.size(), 3U);
    EXPECT_EQ(order[2], "a");
}

TEST_F(FairQueueTest, TakesACancelledWaiterOutOfTheLine) {
    start("a");
    start("a");
    auto waiting = start("b");
    start("c");
    waiting.cancel();
    testing::settle(loop);
    EXPECT_EQ(queue.waiting(), 1U);
    finish_all_holders();
    EXPECT_EQ(order, (std::vector<std::string>{"a", "a", "cancelled b", "c"}));
    finish_all_holders();
    EXPECT_EQ(queue.taken(), 0U);
}

TEST_F(FairQueueTest, PassesThePlaceOnWhenItsNewOwnerIsCancelledInTheSameMoment) {
    start("a");
    start("a");
    auto chosen = start("b");
    start("c");
    // The places are returned and one granted to b within this poll; b is cancelled before it could run.
    release.pulse();
    while (queue.waiting() == 2 && loop.poll_one() > 0) {
    }
    chosen.cancel();
    testing::settle(loop);
    EXPECT_EQ(order.back(), "c");
    finish_all_holders();
    EXPECT_EQ(queue.taken(), 0U);
}

Task<void> acquire_in_spite_of_cancellation(FairQueue& queue, Event& event, std::vector<std::string>& order) {
    static_cast<void>(co_await event.wait());
    const auto place = co_await queue.acquire("a");
    order.push_back(place ? "taken" : "cancelled a");
    co_return Result<void>{};
}

TEST_F(FairQueueTest, RefusesAnAskerThatIsAlreadyCancelled) {
    auto handle = group.spawn(acquire_in_spite_of_cancellation(queue, release, order));
    testing::settle(loop);
    handle.cancel();
    testing::settle(loop);
    EXPECT_EQ(order, std::vector<std::string>{"cancelled a"});
    EXPECT_EQ(queue.taken(), 0U);
}

}  // namespace
}  // namespace base
