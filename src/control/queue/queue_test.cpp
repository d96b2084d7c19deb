// SPDX-License-Identifier: 0BSD
#include "control/queue/queue.hpp"

#include "base/rng.hpp"
#include "control/queue/testing/queue_fixture.hpp"

namespace queue::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class QueueOrder : public QueueTest {};

TEST_F(QueueOrder, RunsEachAddedKeyOnceInTheOrderOfItsAdding) {
    start();
    queue->add(key("b"));
    queue->add(key("a"));
    queue->add(key("b"));
    settle();
    EXPECT_EQ(take_log(), (Lines{"start b", "end b", "start a", "end a"}));
    EXPECT_EQ(observer.adds, 2);
}

TEST_F(QueueOrder, KeysAddedBeforeTheWorkBeginsWaitForIt) {
    make({});
    queue->add(key("a"));
    settle();
    EXPECT_EQ(take_log(), Lines{});
    EXPECT_EQ(queue->waiting_count(), 1U);
    start();
    EXPECT_EQ(take_log(), (Lines{"start a", "end a"}));
    EXPECT_EQ(queue->waiting_count(), 0U);
}

TEST_F(QueueOrder, ChangesDuringARunCauseExactlyOneMore) {
    holds = {"a"};
    start();
    queue->add(key("a"));
    settle();
    for (int i = 0; i < 5; ++i) {
        queue->add(key("a"));
    }
    settle();
    EXPECT_EQ(take_log(), (Lines{"start a"}));
    release("a");
    settle();
    EXPECT_EQ(take_log(), (Lines{"end a", "start a"}));
    release("a");
    settle();
    EXPECT_EQ(take_log(), (Lines{"end a"}));
    EXPECT_EQ(observer.adds, 2);
}

TEST_F(QueueOrder, AKeyOfTheSameNameInAnotherNamespaceIsAnotherKey) {
    holds = {"a"};
    start();
    queue->add({"t", "a"});
    queue->add({"u", "a"});
    settle();
    EXPECT_EQ(queue->running_count(), 2U);
    EXPECT_TRUE(queue->running({"u", "a"}));
    EXPECT_FALSE(queue->running({"v", "a"}));
}

TEST_F(QueueOrder, AWaitingRunHoldsNobodyUp) {
    holds = {"slow"};
    start();
    for (int i = 0; i < 100; ++i) {
        queue->add({"n" + std::to_string(i), "slow"});
    }
    queue->add(key("quick"));
    settle();
    EXPECT_EQ(log.back(), "end quick");
    EXPECT_EQ(queue->running_count(), 100U);
}

TEST_F(QueueOrder, TheBoundOnRunsAtOnceHoldsAndTheOldestGoesFirst) {
    holds = {"a", "b", "c"};
    start({2, milliseconds(5), seconds(1000)});
    queue->add(key("a"));
    queue->add(key("b"));
    queue->add(key("c"));
    queue->add(key("d"));
    settle();
    EXPECT_EQ(take_log(), (Lines{"start a", "start b"}));
    EXPECT_EQ(queue->waiting_count(), 2U);
    // The key that ends and runs again queues up behind those who wait.
    queue->add(key("b"));
    release("b");
    settle();
    EXPECT_EQ(take_log(), (Lines{"end b", "start c"}));
    release("c");
    release("a");
    settle();
    EXPECT_EQ(take_log(), (Lines{"end c", "end a", "start d", "end d", "start b"}));
}

TEST_F(QueueOrder, AKeyThatAddsItselfRunsAgain) {
    start();
    int runs = 0;
    on_start = [&](const Key& k) {
        if (++runs < 3) {
            queue->add(k);
        }
    };
    queue->add(key("a"));
    settle();
    EXPECT_EQ(runs, 3);
}

TEST_F(QueueOrder, TellsItsObserverHowLongKeysWaitedAndWorked) {
    holds = {"a"};
    make({});
    queue->add(key("a"));
    pass(seconds(3));
    start();
    pass(seconds(4));
    EXPECT_EQ(queue->longest_running(), seconds(4));
    queue->add(key("a"));
    pass(seconds(1));
    release("a");
    settle();
    EXPECT_EQ(observer.waits, (std::vector<base::Duration>{seconds(3), seconds(1)}));
    EXPECT_EQ(observer.works, (std::vector<base::Duration>{seconds(5)}));
    pass(seconds(2));
    holds.insert("b");
    queue->add(key("b"));
    settle();
    pass(seconds(1));
    EXPECT_EQ(queue->longest_running(), seconds(3));
    EXPECT_EQ(queue->unfinished_work(), seconds(4));
}

class QueueInterrupt : public QueueTest {};

TEST_F(QueueInterrupt, CancelsTheRunAndRunsTheKeyAgain) {
    holds = {"a"};
    start();
    queue->add(key("a"));
    settle();
    queue->interrupt(key("a"));
    queue->interrupt(key("a"));
    settle();
    EXPECT_EQ(take_log(), (Lines{"start a", "cancelled a", "start a"}));
    release("a");
    settle();
    EXPECT_EQ(take_log(), (Lines{"end a"}));
    EXPECT_EQ(observer.retries, 0);
}

TEST_F(QueueInterrupt, IsLikeAddForAKeyThatDoesNotRun) {
    start();
    queue->interrupt(key("a"));
    settle();
    EXPECT_EQ(take_log(), (Lines{"start a", "end a"}));
}

TEST_F(QueueInterrupt, ARunThatHasNotBegunIsLeftToRun) {
    start();
    queue->add(key("a"));
    queue->interrupt(key("a"));
    settle();
    EXPECT_EQ(take_log(), (Lines{"start a", "end a"}));
}

TEST_F(QueueInterrupt, ARunThatEndedMeanwhileStillRunsAgain) {
    holds = {"a"};
    start();
    queue->add(key("a"));
    settle();
    release("a");
    queue->interrupt(key("a"));
    settle();
    EXPECT_EQ(log.back(), "start a");
    EXPECT_EQ(queue->running_count(), 1U);
}

TEST_F(QueueInterrupt, ARunMayInterruptItself) {
    holds = {"a"};
    start();
    bool once = true;
    on_start = [&](const Key& k) {
        if (std::exchange(once, false)) {
            queue->interrupt(k);
        }
    };
    queue->add(key("a"));
    settle();
    EXPECT_EQ(take_log(), (Lines{"start a", "cancelled a", "start a"}));
}

// At whatever step the interrupt comes, the key runs once more after it and never twice at once.
TEST_F(QueueInterrupt, WorksAtEveryStepOfARun) {
    holds = {"a"};
    start();
    for (int steps = 0; steps < 20; ++steps) {
        queue->add(key("a"));
        loop.restart();
        for (int i = 0; i < steps; ++i) {
            loop.poll_one();
        }
        log.clear();
        queue->interrupt(key("a"));
        settle();
        ASSERT_TRUE(queue->running(key("a"))) << steps;
        ASSERT_EQ(log.back(), "start a") << steps;
        release("a");
        settle();
        ASSERT_EQ(log.back(), "end a") << steps;
        ASSERT_EQ(queue->running_count(), 0U) << steps;
    }
}

// Whatever is asked in whatever order: no key runs twice at once, and after its last change each key runs to its end.
TEST_F(QueueInterrupt, AStormLosesNoKey) {
    start();
    base::Rng dice{11};
    std::map<std::string, int> wanted;
    std::map<std::string, int> seen;
    int change = 0;
    on_start = [&](const Key& k) { seen[k.name] = change; };
    for (int step = 0; step < 20'000; ++step) {
        const std::string name = std::to_string(dice.next() % 40);
        switch (dice.next() % 10) {
            case 0:
                queue->interrupt(key(name));
                wanted[name] = ++change;
                break;
            case 1: queue->add_after(key(name), milliseconds(dice.next() % 3000)); break;
            case 2: queue->add_rate_limited(key(name)); break;
            case 3: queue->forget(key(name)); break;
            case 4: holds.insert(name); break;
            case 5:
                holds.erase(name);
                release(name);
                break;
            case 6: fails.contains(name) ? fails.erase(name) : fails.insert(name).second; break;
            case 7: pass(milliseconds(dice.next() % 100)); break;
            case 8:
                loop.restart();
                loop.poll_one();
                break;
            default:
                queue->add(key(name));
                wanted[name] = ++change;
                break;
        }
    }
    holds.clear();
    fails.clear();
    for (int i = 0; i < 3; ++i) {
        for (auto& [name, event] : gates) {
            event->pulse();
        }
        pass(seconds(2000));
    }
    EXPECT_EQ(queue->running_count(), 0U);
    EXPECT_EQ(queue->waiting_count(), 0U);
    for (const auto& [name, number] : wanted) {
        EXPECT_GE(seen[name], number) << name;
    }
}

}  // namespace
}  // namespace queue::testing
