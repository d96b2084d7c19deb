// SPDX-License-Identifier: 0BSD
#include "control/queue/queue.hpp"
#include "control/queue/testing/queue_fixture.hpp"

namespace queue::testing {
namespace {

using std::chrono::seconds;

class QueueStop : public QueueTest {};

TEST_F(QueueStop, CancelsRunsAndWaitsForThem) {
    holds = {"a", "b"};
    start();
    queue->add(key("a"));
    queue->add(key("b"));
    settle();
    stop();
    EXPECT_EQ(take_log(), (Lines{"start a", "start b", "cancelled a", "cancelled b"}));
    EXPECT_EQ(group.size(), 0U);
    EXPECT_EQ(queue->running_count(), 0U);
}

TEST_F(QueueStop, TakesNoKeyAnyMore) {
    start();
    queue->add_after(key("timer"), seconds(1));
    stop();
    queue->add(key("a"));
    queue->add_after(key("a"), seconds(1));
    queue->add_rate_limited(key("a"));
    queue->interrupt(key("a"));
    pass(seconds(10));
    EXPECT_EQ(take_log(), Lines{});
    EXPECT_EQ(queue->waiting_count(), 0U);
}

TEST_F(QueueStop, AKeyChangedDuringItsLastRunIsNotRunAgain) {
    holds = {"a"};
    start();
    queue->add(key("a"));
    settle();
    queue->add(key("a"));
    stop();
    EXPECT_EQ(take_log(), (Lines{"start a", "cancelled a"}));
}

base::Task<void> stubborn(base::Event& done, bool& ended) {
    co_await done.wait_uninterrupted();
    ended = true;
    co_return base::Result<void>{};
}

TEST_F(QueueStop, WaitsForARunThatMustNotBeInterrupted) {
    base::Event done{loop.get_executor()};
    bool ended = false;
    queue = std::make_unique<Queue>(
        clock, loop.get_executor(), [&](Key) { return stubborn(done, ended); }, Options{}, nullptr);
    start();
    queue->add(key("a"));
    settle();
    stop();
    EXPECT_EQ(group.size(), 1U) << "work() ended before its run";
    done.set();
    settle();
    EXPECT_TRUE(ended);
    EXPECT_EQ(group.size(), 0U);
}

// A stop at any step ends everything, and no run is left behind.
TEST_F(QueueStop, WorksAtEveryStep) {
    holds = {"a"};
    for (int steps = 0; steps < 30; ++steps) {
        queue.reset();
        make({1, std::chrono::milliseconds(5), seconds(1)});
        group.spawn(queue->work());
        queue->add(key("a"));
        queue->add(key("b"));
        queue->add_after(key("c"), std::chrono::milliseconds(1));
        loop.restart();
        for (int i = 0; i < steps; ++i) {
            loop.poll_one();
            clock.advance(std::chrono::microseconds(200));
            if (i == steps / 2) {
                queue->interrupt(key("a"));
            }
        }
        stop();
        ASSERT_EQ(group.size(), 0U) << steps;
        ASSERT_EQ(queue->running_count(), 0U) << steps;
        ASSERT_TRUE(inside.empty()) << steps;
        ASSERT_EQ(clock.sleeping(), 0U) << steps;
    }
}

}  // namespace
}  // namespace queue::testing
