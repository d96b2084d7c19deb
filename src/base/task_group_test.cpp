// SPDX-License-Identifier: 0BSD
#include "base/task_group.hpp"

#include <stdexcept>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"

namespace base {
namespace {

using namespace std::chrono_literals;
using testing::FakeClock;
using testing::settle;

using Notes = std::vector<std::string>;

std::string word(const Result<void>& result) {
    return result ? "ok" : std::string(to_string(result.error().code)) + ": " + result.error().message;
}

Task<void> note(Notes& notes, std::string text) {
    notes.push_back(std::move(text));
    co_return Result<void>{};
}

Task<void> fail(ErrorCode code, std::string message) { co_return Error{code, std::move(message)}; }

Task<void> throw_out() {
    throw std::runtime_error("boom");
    co_return Result<void>{};
}

Task<void> sleep_and_note(Clock& clock, Duration duration, Notes& notes, std::string name) {
    const auto slept = co_await clock.sleep_for(duration);
    notes.push_back(name + " " + word(slept));
    co_return slept;
}

// Sleeps on and on, whatever the end of each sleep.
Task<void> ignore_errors(Clock& clock, Notes& notes, int times) {
    for (int i = 0; i < times; ++i) {
        notes.push_back(word(co_await clock.sleep_for(1s)));
    }
    co_return Result<void>{};
}

// Two turns of the loop that nothing cancels, then a wait.
Task<void> work_then_sleep(Clock& clock, Notes& notes) {
    co_await asio::post(asio::use_awaitable);
    notes.emplace_back("worked");
    co_await asio::post(asio::use_awaitable);
    const auto slept = co_await clock.sleep_for(1s);
    notes.push_back("slept " + word(slept));
    co_return slept;
}

Task<void> note_join(TaskGroup& group, Notes& notes, std::string name) {
    const auto joined = co_await group.join();
    notes.push_back(name + " joined " + word(joined));
    co_return joined;
}

Task<void> cancel_then_join(TaskHandle& own, TaskGroup& group, Notes& notes) {
    own.cancel();
    co_return co_await note_join(group, notes, "parent");
}

Task<void> join_then_sleep(TaskGroup& group, Clock& clock, Notes& notes) {
    notes.push_back("join " + word(co_await group.join()));
    notes.push_back("sleep " + word(co_await clock.sleep_for(1s)));
    co_return Result<void>{};
}

// A parent with a group of its own on its frame, as a run of the program has.
Task<void> nest(Clock& clock, Notes& notes, int depth) {
    TaskGroup children(co_await asio::this_coro::executor);
    children.spawn(sleep_and_note(clock, 10s, notes, "leaf " + std::to_string(depth)));
    if (depth > 1) {
        children.spawn(nest(clock, notes, depth - 1));
    }
    const auto joined = co_await children.join();
    notes.push_back("level " + std::to_string(depth) + " " + word(joined));
    co_return joined;
}

// Holds out for three turns after it was cancelled, and spawns one more task into its group meanwhile.
Task<void> spawn_while_ending(TaskGroup& group, Clock& clock, Notes& notes) {
    const auto slept = co_await clock.sleep_for(10s);
    for (int i = 0; i < 3; ++i) {
        co_await asio::post(asio::use_awaitable);
    }
    group.spawn(sleep_and_note(clock, 10s, notes, "late child"));
    notes.push_back("parent's child " + word(slept));
    co_return slept;
}

Task<void> cancel_own_group(TaskGroup& group, Clock& clock, Notes& notes) {
    group.cancel();
    notes.emplace_back("cancelled the group");
    const auto slept = co_await clock.sleep_for(1s);
    notes.push_back("then " + word(slept));
    co_return slept;
}

Task<void> cancel_through_handle(TaskHandle& own, Clock& clock, Notes& notes) {
    own.cancel();
    own.cancel();
    notes.push_back(word(co_await check_cancelled()));
    notes.push_back(word(co_await clock.sleep_for(1s)));
    co_return Result<void>{};
}

class TaskGroupTest : public ::testing::Test {
protected:
    // How join() ends for a task outside of the group.
    std::string joined() {
        settle(loop_);
        return word(testing::run_task(loop_, group_.join()));
    }

    asio::io_context loop_;
    FakeClock clock_{loop_.get_executor()};
    Notes notes_;
    TaskGroup outer_{loop_.get_executor()};
    TaskGroup group_{loop_.get_executor()};
};

TEST_F(TaskGroupTest, StartsATaskOnlyAfterSpawnHasReturned) {
    asio::post(loop_, [&] {
        const TaskHandle handle = group_.spawn(note(notes_, "task"));
        notes_.emplace_back(handle.running() ? "spawned" : "over");
    });
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"spawned", "task"}));
    EXPECT_EQ(group_.size(), 0U);
}

TEST_F(TaskGroupTest, JoinsAtOnceWithoutTasks) { EXPECT_EQ(joined(), "ok"); }

TEST_F(TaskGroupTest, JoinWaitsForTheLastTask) {
    group_.spawn(sleep_and_note(clock_, 1s, notes_, "a"));
    group_.spawn(sleep_and_note(clock_, 2s, notes_, "b"));
    outer_.spawn(note_join(group_, notes_, "parent"));
    settle(loop_);
    clock_.advance(1s);
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"a ok"}));
    EXPECT_EQ(group_.size(), 1U);
    clock_.advance(1s);
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"a ok", "b ok", "parent joined ok"}));
}

TEST_F(TaskGroupTest, NeverRunsATaskThatWasCancelledBeforeTheLoopRan) {
    TaskHandle handle = group_.spawn(note(notes_, "ran"));
    handle.cancel();
    EXPECT_TRUE(handle.running());
    EXPECT_EQ(joined(), "ok");
    EXPECT_TRUE(notes_.empty());
    EXPECT_FALSE(handle.running());
}

TEST_F(TaskGroupTest, NeverRunsATaskThatWasCancelledRightAfterSpawnOnTheLoop) {
    asio::post(loop_, [&] { group_.spawn(note(notes_, "ran")).cancel(); });
    EXPECT_EQ(joined(), "ok");
    EXPECT_TRUE(notes_.empty());
    EXPECT_EQ(group_.size(), 0U);
}

TEST_F(TaskGroupTest, EndsASleepWhenCancelled) {
    TaskHandle handle = group_.spawn(sleep_and_note(clock_, 1s, notes_, "a"));
    group_.spawn(sleep_and_note(clock_, 1s, notes_, "b"));
    settle(loop_);
    handle.cancel();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"a cancelled: cancelled"}));
    EXPECT_EQ(clock_.sleeping(), 1U);
    clock_.advance(1s);
    settle(loop_);
    EXPECT_EQ(notes_.back(), "b ok");
}

TEST_F(TaskGroupTest, KeepsACancelThatArrivesBetweenTwoWaits) {
    TaskHandle handle = group_.spawn(work_then_sleep(clock_, notes_));
    loop_.restart();
    while (notes_.empty()) {
        loop_.poll_one();
    }
    handle.cancel();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"worked", "slept cancelled: cancelled"}));
}

TEST_F(TaskGroupTest, EndsEachLaterWaitOfATaskThatIgnoresTheFirst) {
    TaskHandle handle = group_.spawn(ignore_errors(clock_, notes_, 3));
    settle(loop_);
    handle.cancel();
    handle.cancel();
    settle(loop_);
    EXPECT_EQ(notes_, Notes(3, "cancelled: cancelled"));
}

TEST_F(TaskGroupTest, CancelsAllTasksAndNoneThatComesLater) {
    group_.spawn(sleep_and_note(clock_, 1s, notes_, "a"));
    group_.spawn(sleep_and_note(clock_, 1s, notes_, "b"));
    settle(loop_);
    group_.cancel();
    group_.spawn(sleep_and_note(clock_, 1s, notes_, "c"));
    settle(loop_);
    EXPECT_EQ(group_.size(), 1U);
    clock_.advance(1s);
    EXPECT_EQ(joined(), "ok");
    EXPECT_EQ(notes_, (Notes{"a cancelled: cancelled", "b cancelled: cancelled", "c ok"}));
}

TEST_F(TaskGroupTest, LetsATaskCancelItsOwnGroup) {
    group_.spawn(sleep_and_note(clock_, 1s, notes_, "sibling"));
    group_.spawn(cancel_own_group(group_, clock_, notes_));
    EXPECT_EQ(joined(), "ok");
    EXPECT_EQ(notes_,
              (Notes{"cancelled the group", "then cancelled: cancelled", "sibling cancelled: cancelled"}));
}

TEST_F(TaskGroupTest, LetsATaskCancelItselfThroughItsHandle) {
    TaskHandle handle;
    handle = group_.spawn(cancel_through_handle(handle, clock_, notes_));
    EXPECT_EQ(joined(), "ok");
    EXPECT_EQ(notes_, (Notes{"cancelled: cancelled", "cancelled: cancelled"}));
}

TEST_F(TaskGroupTest, AnswersTheFirstErrorOnceAndNoCancellation) {
    TaskHandle handle = group_.spawn(sleep_and_note(clock_, 1s, notes_, "a"));
    group_.spawn(fail(ErrorCode::kConflict, "first"));
    group_.spawn(fail(ErrorCode::kInternal, "second"));
    group_.spawn(fail(ErrorCode::kCancelled, "not counted"));
    settle(loop_);
    handle.cancel();
    EXPECT_EQ(joined(), "conflict: first");
    EXPECT_EQ(joined(), "ok");
}

TEST_F(TaskGroupTest, AFailingTaskLeavesItsSiblingsAlone) {
    group_.spawn(fail(ErrorCode::kInternal, "broken"));
    group_.spawn(sleep_and_note(clock_, 1s, notes_, "sibling"));
    settle(loop_);
    clock_.advance(1s);
    EXPECT_EQ(joined(), "internal: broken");
    EXPECT_EQ(notes_, (Notes{"sibling ok"}));
}

TEST_F(TaskGroupTest, ACancelledJoinCancelsTheChildrenAndWaitsForThem) {
    group_.spawn(sleep_and_note(clock_, 10s, notes_, "a"));
    group_.spawn(fail(ErrorCode::kInternal, "hidden by the cancel"));
    TaskHandle parent = outer_.spawn(note_join(group_, notes_, "parent"));
    settle(loop_);
    parent.cancel();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"a cancelled: cancelled", "parent joined cancelled: cancelled"}));
    EXPECT_EQ(group_.size(), 0U);
    EXPECT_EQ(joined(), "ok");
}

TEST_F(TaskGroupTest, ACancelThatComesBeforeJoinIsSeenByJoin) {
    group_.spawn(sleep_and_note(clock_, 10s, notes_, "child"));
    TaskHandle parent;
    parent = outer_.spawn(cancel_then_join(parent, group_, notes_));
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"child cancelled: cancelled", "parent joined cancelled: cancelled"}));
}

TEST_F(TaskGroupTest, ACancelledParentStaysCancelledAfterItsJoin) {
    group_.spawn(sleep_and_note(clock_, 10s, notes_, "child"));
    TaskHandle parent = outer_.spawn(join_then_sleep(group_, clock_, notes_));
    settle(loop_);
    parent.cancel();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"child cancelled: cancelled", "join cancelled: cancelled",
                             "sleep cancelled: cancelled"}));
    EXPECT_EQ(clock_.sleeping(), 0U);
}

TEST_F(TaskGroupTest, ACancelledJoinDoesNotHangOnAChildThatSpawnsAnother) {
    group_.spawn(spawn_while_ending(group_, clock_, notes_));
    TaskHandle parent = outer_.spawn(note_join(group_, notes_, "parent"));
    settle(loop_);
    parent.cancel();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"parent's child cancelled: cancelled", "parent joined cancelled: cancelled"}));
}

TEST_F(TaskGroupTest, CancelReachesNestedGroupsAndEndsTheLeavesFirst) {
    TaskHandle root = group_.spawn(nest(clock_, notes_, 3));
    settle(loop_);
    EXPECT_EQ(clock_.sleeping(), 3U);
    root.cancel();
    settle(loop_);
    EXPECT_EQ(clock_.sleeping(), 0U);
    ASSERT_EQ(notes_.size(), 6U);
    EXPECT_EQ(notes_.back(), "level 3 cancelled: cancelled");
    EXPECT_LT(std::ranges::find(notes_, "level 1 cancelled: cancelled"),
              std::ranges::find(notes_, "level 2 cancelled: cancelled"));
}

TEST_F(TaskGroupTest, NestedGroupsEndByThemselves) {
    group_.spawn(nest(clock_, notes_, 3));
    settle(loop_);
    clock_.advance(10s);
    EXPECT_EQ(joined(), "ok");
    EXPECT_EQ(notes_.back(), "level 3 ok");
}

TEST_F(TaskGroupTest, AHandleIsHarmlessOnceTheTaskHasEnded) {
    TaskHandle handle = group_.spawn(note(notes_, "task"));
    TaskHandle copy = handle;
    EXPECT_TRUE(copy.running());
    EXPECT_EQ(joined(), "ok");
    handle.cancel();
    copy.cancel();
    EXPECT_FALSE(handle.running());
    TaskHandle().cancel();
    EXPECT_FALSE(TaskHandle().running());
}

TEST_F(TaskGroupTest, HoldsTenThousandSleepersAndCancelsThemAll) {
    constexpr std::size_t kMany = 10'000;
    for (std::size_t i = 0; i < kMany; ++i) {
        group_.spawn(sleep_and_note(clock_, 10s, notes_, ""));
    }
    settle(loop_);
    EXPECT_EQ(clock_.sleeping(), kMany);
    group_.cancel();
    EXPECT_EQ(joined(), "ok");
    EXPECT_EQ(notes_.size(), kMany);
}

using TaskGroupDeathTest = TaskGroupTest;

TEST_F(TaskGroupDeathTest, AbortsWhenAnExceptionLeavesATask) {
    EXPECT_DEATH(
        {
            group_.spawn(throw_out());
            settle(loop_);
        },
        "an exception left a task: boom");
}

TEST_F(TaskGroupDeathTest, AbortsWhenDestroyedBeforeItsTasksEnded) {
    EXPECT_DEATH(
        {
            TaskGroup early(loop_.get_executor());
            early.spawn(sleep_and_note(clock_, 1s, notes_, "a"));
        },
        "destroyed while tasks were running");
}

}  // namespace
}  // namespace base
