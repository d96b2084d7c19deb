// SPDX-License-Identifier: 0BSD
#include "base/event.hpp"

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "base/testing/run.hpp"

namespace base {
namespace {

using testing::settle;

using Notes = std::vector<std::string>;

// Waits `times` times and notes how each wait ended.
Task<void> note_waits(Event& event, Notes& notes, int times) {
    for (int i = 0; i < times; ++i) {
        const auto woken = co_await event.wait();
        notes.emplace_back(woken ? "woken" : std::string(to_string(woken.error().code)));
    }
    co_return Result<void>{};
}

Task<void> note_uninterrupted(Event& event, Notes& notes) {
    co_await event.wait_uninterrupted();
    notes.emplace_back(co_await is_cancelled() ? "woken, still cancelled" : "woken");
    const auto next = co_await event.wait();
    notes.emplace_back(next ? "woken" : std::string(to_string(next.error().code)));
    co_return Result<void>{};
}

class EventTest : public ::testing::Test {
protected:
    asio::io_context loop_;
    Event event_{loop_.get_executor()};
    TaskGroup group_{loop_.get_executor()};
    Notes notes_;
};

TEST_F(EventTest, WakesEveryWaiterWhenSet) {
    group_.spawn(note_waits(event_, notes_, 1));
    group_.spawn(note_waits(event_, notes_, 1));
    settle(loop_);
    EXPECT_TRUE(notes_.empty());
    event_.set();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"woken", "woken"}));
    EXPECT_TRUE(event_.is_set());
}

TEST_F(EventTest, ReturnsAtOnceWhileItIsSet) {
    event_.set();
    group_.spawn(note_waits(event_, notes_, 3));
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"woken", "woken", "woken"}));
}

TEST_F(EventTest, HoldsWaitersAgainAfterAReset) {
    event_.set();
    event_.reset();
    group_.spawn(note_waits(event_, notes_, 1));
    settle(loop_);
    EXPECT_TRUE(notes_.empty());
    event_.set();
    settle(loop_);
    EXPECT_EQ(notes_.size(), 1U);
}

TEST_F(EventTest, WakesWaitersEvenWhenItIsResetBeforeTheyRun) {
    group_.spawn(note_waits(event_, notes_, 1));
    settle(loop_);
    event_.set();
    event_.reset();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"woken"}));
}

TEST_F(EventTest, WakesOnlyThoseWhoWaitDuringAPulse) {
    event_.pulse();
    group_.spawn(note_waits(event_, notes_, 2));
    settle(loop_);
    EXPECT_TRUE(notes_.empty());
    event_.pulse();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"woken"}));
    event_.pulse();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"woken", "woken"}));
    EXPECT_FALSE(event_.is_set());
}

TEST_F(EventTest, EndsTheWaitOfACancelledTaskAlone) {
    auto cancelled = group_.spawn(note_waits(event_, notes_, 1));
    group_.spawn(note_waits(event_, notes_, 1));
    settle(loop_);
    cancelled.cancel();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"cancelled"}));
    event_.set();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"cancelled", "woken"}));
}

TEST_F(EventTest, EndsEachLaterWaitOfACancelledTaskAlsoWhenItIsSet) {
    auto handle = group_.spawn(note_waits(event_, notes_, 3));
    settle(loop_);
    handle.cancel();
    event_.set();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"cancelled", "cancelled", "cancelled"}));
}

TEST_F(EventTest, TellsACancelThatArrivesBetweenWakingAndRunning) {
    auto handle = group_.spawn(note_waits(event_, notes_, 1));
    settle(loop_);
    event_.set();
    handle.cancel();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"cancelled"}));
}

TEST_F(EventTest, KeepsAnUninterruptedWaitThroughACancelAndRemembersIt) {
    auto handle = group_.spawn(note_uninterrupted(event_, notes_));
    settle(loop_);
    handle.cancel();
    settle(loop_);
    EXPECT_TRUE(notes_.empty());
    event_.pulse();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"woken, still cancelled", "cancelled"}));
}

}  // namespace
}  // namespace base
