// SPDX-License-Identifier: 0BSD
#include "base/compute.hpp"

#include <atomic>
#include <future>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "base/event.hpp"
#include "base/task_group.hpp"
#include "base/testing/run.hpp"

namespace base {
namespace {

// Work that waits on the pool until a test opens the gate.
struct Gate {
    std::promise<void> entered;
    std::promise<void> opened;
    std::shared_future<void> open = opened.get_future().share();

    Result<int> pass() {
        entered.set_value();
        open.wait();
        return 42;
    }
};

struct Outcome {
    std::optional<Result<int>> result;
    std::thread::id resumed_on;
    std::optional<Result<void>> next_wait;
};

Task<void> pass_gate(Compute& compute, Gate& gate, Outcome& outcome) {
    outcome.result.emplace(co_await compute.run([&gate] { return gate.pass(); }));
    outcome.resumed_on = std::this_thread::get_id();
    Event never(co_await asio::this_coro::executor);
    if (co_await is_cancelled()) {
        outcome.next_wait.emplace(co_await never.wait());
    }
    co_return Result<void>{};
}

Task<void> count_run(Compute& compute, std::atomic<int>& runs, Outcome& outcome) {
    outcome.result.emplace(co_await compute.run([&runs]() -> Result<int> { return ++runs; }));
    co_return Result<void>{};
}

Task<std::thread::id> where_work_runs(Compute& compute) {
    co_return co_await compute.run([]() -> Result<std::thread::id> { return std::this_thread::get_id(); });
}

Task<std::string> boxed(Compute& compute) {
    auto box = std::make_unique<std::string>("moved in");
    auto result =
        co_await compute.run([box = std::move(box)]() mutable -> Result<std::unique_ptr<std::string>> {
            *box += " and out";
            return std::move(box);
        });
    if (!result) {
        co_return result.error();
    }
    co_return **result;
}

Task<int> failing(Compute& compute) {
    co_return co_await compute.run(
        []() -> Result<int> { return Error{ErrorCode::kLimitExceeded, "too deep"}; });
}

Task<void> cancel_then_run(TaskHandle& own, Compute& compute, std::atomic<int>& runs, Outcome& outcome) {
    own.cancel();
    co_return co_await count_run(compute, runs, outcome);
}

class ComputeTest : public ::testing::Test {
protected:
    void run_until_idle() {
        loop_.restart();
        loop_.run();
    }

    asio::io_context loop_;
    TaskGroup group_{loop_.get_executor()};
    std::atomic<int> runs_ = 0;
};

TEST_F(ComputeTest, WorksOnAnotherThreadAndAnswersOnTheLoop) {
    Compute compute(1);
    const auto where = testing::run_task(loop_, where_work_runs(compute));
    ASSERT_TRUE(where);
    EXPECT_NE(*where, std::this_thread::get_id());
    Gate gate;
    Outcome outcome;
    gate.opened.set_value();
    group_.spawn(pass_gate(compute, gate, outcome));
    run_until_idle();
    EXPECT_EQ(outcome.result->value(), 42);
    EXPECT_EQ(outcome.resumed_on, std::this_thread::get_id());
}

TEST_F(ComputeTest, TakesAndGivesMoveOnlyValues) {
    Compute compute(1);
    const auto text = testing::run_task(loop_, boxed(compute));
    ASSERT_TRUE(text);
    EXPECT_EQ(*text, "moved in and out");
}

TEST_F(ComputeTest, PassesTheErrorOfTheWorkOn) {
    Compute compute(1);
    const auto result = testing::run_task(loop_, failing(compute));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "too deep");
}

TEST_F(ComputeTest, DropsTheResultWhenTheCallerWasCancelledMeanwhile) {
    Compute compute(1);
    Gate gate;
    Outcome outcome;
    TaskHandle handle = group_.spawn(pass_gate(compute, gate, outcome));
    testing::settle(loop_);
    gate.entered.get_future().wait();
    handle.cancel();
    testing::settle(loop_);
    EXPECT_TRUE(handle.running()) << "started work is never interrupted";
    gate.opened.set_value();
    run_until_idle();
    ASSERT_TRUE(outcome.result);
    EXPECT_EQ(outcome.result->error().code, ErrorCode::kCancelled);
    ASSERT_TRUE(outcome.next_wait) << "the task is still cancelled";
    EXPECT_EQ(outcome.next_wait->error().code, ErrorCode::kCancelled);
}

TEST_F(ComputeTest, DropsTheResultWhenTheCancelComesAfterTheWorkEnded) {
    Compute compute(1);
    Gate gate;
    Gate next;
    Outcome outcome;
    Outcome ignored;
    TaskHandle handle = group_.spawn(pass_gate(compute, gate, outcome));
    group_.spawn(pass_gate(compute, next, ignored));
    testing::settle(loop_);
    gate.opened.set_value();
    // The pool has one thread: when it begins the next work, the first result is on its way to the loop.
    next.entered.get_future().wait();
    handle.cancel();
    next.opened.set_value();
    run_until_idle();
    ASSERT_TRUE(outcome.result);
    EXPECT_EQ(outcome.result->error().code, ErrorCode::kCancelled);
    EXPECT_EQ(ignored.result->value(), 42);
}

TEST_F(ComputeTest, DoesNotBeginQueuedWorkOfACancelledCaller) {
    Compute compute(1);
    Gate gate;
    Outcome first;
    Outcome second;
    group_.spawn(pass_gate(compute, gate, first));
    testing::settle(loop_);
    gate.entered.get_future().wait();
    TaskHandle handle = group_.spawn(count_run(compute, runs_, second));
    testing::settle(loop_);
    handle.cancel();
    gate.opened.set_value();
    run_until_idle();
    EXPECT_EQ(first.result->value(), 42);
    EXPECT_EQ(second.result->error().code, ErrorCode::kCancelled);
    EXPECT_EQ(runs_, 0);
}

TEST_F(ComputeTest, BeginsNothingForATaskThatIsAlreadyCancelled) {
    Compute compute(1);
    Outcome outcome;
    TaskHandle handle;
    handle = group_.spawn(cancel_then_run(handle, compute, runs_, outcome));
    run_until_idle();
    EXPECT_EQ(outcome.result->error().code, ErrorCode::kCancelled);
    EXPECT_EQ(runs_, 0);
}

TEST_F(ComputeTest, KeepsTheLoopAliveWhileItWorks) {
    Compute compute(2);
    std::vector<Outcome> outcomes(200);
    for (Outcome& outcome : outcomes) {
        group_.spawn(count_run(compute, runs_, outcome));
    }
    run_until_idle();
    EXPECT_EQ(runs_, 200);
    for (const Outcome& outcome : outcomes) {
        ASSERT_TRUE(outcome.result);
        EXPECT_TRUE(*outcome.result);
    }
}

TEST_F(ComputeTest, SurvivesCancelsAtAnyMoment) {
    Compute compute(2);
    for (int round = 0; round < 200; ++round) {
        Outcome outcome;
        TaskHandle handle = group_.spawn(count_run(compute, runs_, outcome));
        loop_.restart();
        for (int turn = 0; turn < round % 8; ++turn) {
            loop_.poll_one();
        }
        const bool cancelled_in_time = handle.running();
        handle.cancel();
        run_until_idle();
        ASSERT_EQ(group_.size(), 0U);
        if (cancelled_in_time && outcome.result) {
            EXPECT_FALSE(*outcome.result) << "a cancel was lost in round " << round;
        }
    }
}

}  // namespace
}  // namespace base
