// SPDX-License-Identifier: 0BSD
#include "control/queue/queue.hpp"
#include "control/queue/testing/queue_fixture.hpp"

namespace queue::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class QueueTimer : public QueueTest {
protected:
    // How long until the key runs, in steps of a millisecond; -1 when it does not within `limit`.
    long delay_of(const std::string& name, base::Duration limit) {
        const auto since = clock.steady_now();
        while (clock.steady_now() - since < limit) {
            log.clear();
            pass(milliseconds(1));
            if (std::ranges::find(log, "start " + name) != log.end()) {
                return (clock.steady_now() - since) / milliseconds(1);
            }
        }
        return -1;
    }
};

TEST_F(QueueTimer, RunsTheKeyAfterTheDelay) {
    start();
    queue->add_after(key("a"), seconds(2));
    pass(milliseconds(1999));
    EXPECT_EQ(take_log(), Lines{});
    pass(milliseconds(1));
    EXPECT_EQ(take_log(), (Lines{"start a", "end a"}));
    pass(seconds(10));
    EXPECT_EQ(take_log(), Lines{});
}

TEST_F(QueueTimer, NoDelayIsLikeAdd) {
    start();
    queue->add_after(key("a"), seconds(0));
    queue->add_after(key("b"), seconds(-1));
    settle();
    EXPECT_EQ(take_log(), (Lines{"start a", "end a", "start b", "end b"}));
}

TEST_F(QueueTimer, OfTwoTimersTheEarlierCounts) {
    start();
    queue->add_after(key("a"), seconds(2));
    queue->add_after(key("a"), seconds(5));
    queue->add_after(key("b"), seconds(5));
    queue->add_after(key("b"), seconds(2));
    pass(seconds(2));
    EXPECT_EQ(take_log().size(), 4U);
    pass(seconds(10));
    EXPECT_EQ(take_log(), Lines{});
}

TEST_F(QueueTimer, AnEarlierTimerOfAnotherKeyIsNotSleptOver) {
    start();
    queue->add_after(key("late"), seconds(100));
    settle();
    queue->add_after(key("early"), seconds(1));
    pass(seconds(1));
    EXPECT_EQ(take_log(), (Lines{"start early", "end early"}));
    pass(seconds(99));
    EXPECT_EQ(take_log(), (Lines{"start late", "end late"}));
}

TEST_F(QueueTimer, AddingTheKeyDropsItsTimer) {
    start();
    queue->add_after(key("a"), seconds(2));
    queue->add(key("a"));
    settle();
    EXPECT_EQ(take_log().size(), 2U);
    pass(seconds(10));
    EXPECT_EQ(take_log(), Lines{});
}

TEST_F(QueueTimer, ATimerSetDuringARunCountsUnlessTheKeyRunsAgainAtOnce) {
    holds = {"a"};
    start();
    queue->add(key("a"));
    settle();
    queue->add_after(key("a"), seconds(5));
    queue->add(key("a"));
    release("a");
    settle();
    EXPECT_EQ(take_log(), (Lines{"start a", "end a", "start a"}));
    queue->add_after(key("a"), seconds(30));
    release("a");
    pass(seconds(29));
    EXPECT_EQ(take_log(), (Lines{"end a"}));
    pass(seconds(1));
    EXPECT_EQ(take_log(), (Lines{"start a"}));
}

TEST_F(QueueTimer, ATimerThatFiresDuringARunCausesOneMore) {
    holds = {"a"};
    start();
    queue->add(key("a"));
    settle();
    queue->add_after(key("a"), seconds(5));
    pass(seconds(6));
    EXPECT_EQ(take_log(), (Lines{"start a"}));
    release("a");
    settle();
    EXPECT_EQ(take_log(), (Lines{"end a", "start a"}));
}

TEST_F(QueueTimer, TimersSetBeforeTheWorkBeginsRun) {
    make({});
    queue->add_after(key("a"), seconds(2));
    pass(seconds(5));
    start();
    EXPECT_EQ(take_log(), (Lines{"start a", "end a"}));
}

TEST_F(QueueTimer, TheBackoffDoublesUpToItsBoundAndIsForgotten) {
    start({0, milliseconds(5), milliseconds(50)});
    for (const long expected : {5, 10, 20, 40, 50, 50}) {
        queue->add_rate_limited(key("a"));
        EXPECT_EQ(delay_of("a", seconds(1)), expected);
    }
    queue->forget(key("a"));
    queue->forget(key("unknown"));
    queue->add_rate_limited(key("a"));
    EXPECT_EQ(delay_of("a", seconds(1)), 5);
    queue->add_rate_limited(key("b"));
    EXPECT_EQ(delay_of("b", seconds(1)), 5) << "each key has a backoff of its own";
    EXPECT_EQ(observer.retries, 8);
}

TEST_F(QueueTimer, TheDefaultBackoffEndsAtAThousandSeconds) {
    start();
    for (int i = 0; i < 100; ++i) {
        queue->add_rate_limited(key("a"));
        queue->add(key("a"));
        settle();
    }
    log.clear();
    queue->add_rate_limited(key("a"));
    pass(seconds(999));
    EXPECT_EQ(take_log(), Lines{});
    pass(seconds(1));
    EXPECT_EQ(take_log().size(), 2U);
}

TEST_F(QueueTimer, ARunThatFailsIsRepeatedAfterItsBackoff) {
    fails = {"a"};
    start();
    queue->add(key("a"));
    settle();
    EXPECT_EQ(delay_of("a", seconds(1)), 5);
    EXPECT_EQ(delay_of("a", seconds(1)), 10);
    fails.clear();
    EXPECT_EQ(delay_of("a", seconds(1)), 20);
    EXPECT_EQ(delay_of("a", seconds(60)), -1);
}

TEST_F(QueueTimer, TenThousandTimersShareOneSleeper) {
    start();
    constexpr int kKeys = 10'000;
    for (int i = kKeys; i > 0; --i) {
        queue->add_after(key(std::to_string(i)), milliseconds(i));
    }
    settle();
    EXPECT_LE(clock.sleeping(), 1U);
    for (int i = 1; i <= kKeys; ++i) {
        pass(milliseconds(1));
        ASSERT_EQ(take_log(), (Lines{"start " + std::to_string(i), "end " + std::to_string(i)}));
    }
    EXPECT_EQ(clock.sleeping(), 0U);
}

}  // namespace
}  // namespace queue::testing
