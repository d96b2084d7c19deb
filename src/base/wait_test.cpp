// SPDX-License-Identifier: 0BSD
#include "base/wait.hpp"

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"

namespace base {
namespace {

using namespace std::chrono_literals;
using testing::settle;

using Notes = std::vector<std::string>;

Task<void> note_wait(Event& event, Clock& clock, Duration limit, Notes& notes) {
    const auto woken = co_await wait_until(event, clock, clock.steady_now() + limit);
    if (!woken) {
        notes.emplace_back(to_string(woken.error().code));
        co_return woken.error();
    }
    notes.emplace_back(*woken ? "event" : "deadline");
    co_return Result<void>{};
}

class WaitUntil : public ::testing::Test {
protected:
    void start(Duration limit) {
        handle_ = group_.spawn(note_wait(event_, clock_, limit, notes_));
        settle(loop_);
    }

    asio::io_context loop_;
    testing::FakeClock clock_{loop_.get_executor()};
    Event event_{loop_.get_executor()};
    TaskGroup group_{loop_.get_executor()};
    TaskHandle handle_;
    Notes notes_;
};

TEST_F(WaitUntil, AnswersTrueWhenTheEventIsSetInTime) {
    start(1s);
    event_.set();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"event"}));
    EXPECT_EQ(clock_.sleeping(), 0U) << "the alarm is over too";
}

TEST_F(WaitUntil, AnswersTrueForAPulse) {
    start(1s);
    event_.pulse();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"event"}));
}

TEST_F(WaitUntil, AnswersTrueAtOnceForAnEventThatIsSet) {
    event_.set();
    start(1s);
    EXPECT_EQ(notes_, (Notes{"event"}));
    EXPECT_EQ(clock_.sleeping(), 0U);
}

TEST_F(WaitUntil, AnswersFalseWhenTheDeadlinePasses) {
    start(1s);
    clock_.advance(999ms);
    settle(loop_);
    EXPECT_TRUE(notes_.empty());
    clock_.advance(1ms);
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"deadline"}));
    EXPECT_FALSE(event_.is_set());
}

TEST_F(WaitUntil, AnswersFalseForADeadlineThatHasPassed) {
    start(-1s);
    EXPECT_EQ(notes_, (Notes{"deadline"}));
}

TEST_F(WaitUntil, EndsWhenTheTaskIsCancelled) {
    start(1s);
    handle_.cancel();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"cancelled"}));
    EXPECT_EQ(clock_.sleeping(), 0U);
}

TEST_F(WaitUntil, EndsByCancelAlsoWhenTheDeadlinePassesInTheSameTurn) {
    start(1s);
    clock_.advance(1s);
    handle_.cancel();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"cancelled"}));
    EXPECT_EQ(group_.size(), 0U);
}

}  // namespace
}  // namespace base
