// SPDX-License-Identifier: 0BSD
#include "base/clock.hpp"

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"

namespace base {
namespace {

using namespace std::chrono_literals;
using testing::FakeClock;
using testing::run_task;
using testing::settle;

using Notes = std::vector<std::string>;

Task<void> note_sleep(Clock& clock, Duration duration, Notes& notes, std::string name) {
    const auto slept = co_await clock.sleep_for(duration);
    notes.push_back(name + (slept ? " ok" : " " + std::string(to_string(slept.error().code))));
    co_return slept;
}

Task<void> sleep_twice(Clock& clock, Notes& notes) {
    const auto first = co_await note_sleep(clock, 1s, notes, "first");
    if (first) {
        notes.emplace_back("between");
    }
    co_return co_await note_sleep(clock, 1s, notes, "second");
}

TEST(SystemClock, TellsACurrentAndAMonotonicTime) {
    const SystemClock clock;
    EXPECT_GT(clock.now(), WallTime(std::chrono::sys_days(std::chrono::year(2025) / 1 / 1)));
    const SteadyTime first = clock.steady_now();
    EXPECT_GE(clock.steady_now(), first);
}

TEST(SystemClock, SleepsNoShorterThanAsked) {
    asio::io_context loop;
    SystemClock clock;
    const SteadyTime start = clock.steady_now();
    EXPECT_TRUE(run_task(loop, clock.sleep_for(2ms)));
    EXPECT_GE(clock.steady_now() - start, 2ms);
}

TEST(SystemClock, ReturnsForATimeThatHasPassed) {
    asio::io_context loop;
    SystemClock clock;
    EXPECT_TRUE(run_task(loop, clock.sleep_until(SteadyTime(0ns))));
    EXPECT_TRUE(run_task(loop, clock.sleep_for(-1h)));
    EXPECT_TRUE(run_task(loop, clock.sleep_for(0s)));
}

TEST(SystemClock, WakesACancelledSleeperAtOnce) {
    asio::io_context loop;
    SystemClock clock;
    TaskGroup group(loop.get_executor());
    Notes notes;
    TaskHandle handle = group.spawn(note_sleep(clock, 24h, notes, "long"));
    settle(loop);
    handle.cancel();
    loop.restart();
    loop.run();
    EXPECT_EQ(notes, (Notes{"long cancelled"}));
}

TEST(SystemClock, AnAlarmRingsOnceAndNotFromInsideOfTheCall) {
    asio::io_context loop;
    SystemClock clock;
    int rings = 0;
    const auto alarm = clock.set_alarm(loop.get_executor(), SteadyTime(0ns), [&rings] { ++rings; });
    EXPECT_EQ(rings, 0);
    loop.run();
    EXPECT_EQ(rings, 1);
}

TEST(SystemClock, AnAlarmThatIsGoneIsSilent) {
    asio::io_context loop;
    SystemClock clock;
    int rings = 0;
    auto alarm = clock.set_alarm(loop.get_executor(), SteadyTime(0ns), [&rings] { ++rings; });
    alarm.reset();
    loop.run();
    EXPECT_EQ(rings, 0) << "its time had come, its call had not";
}

class FakeClockTest : public ::testing::Test {
protected:
    asio::io_context loop_;
    FakeClock clock_{loop_.get_executor(), WallTime(100s)};
    TaskGroup group_{loop_.get_executor()};
    Notes notes_;
};

TEST_F(FakeClockTest, MovesOnlyByAdvance) {
    const SteadyTime steady = clock_.steady_now();
    settle(loop_);
    EXPECT_EQ(clock_.now(), WallTime(100s));
    clock_.advance(90s);
    EXPECT_EQ(clock_.now(), WallTime(190s));
    EXPECT_EQ(clock_.steady_now() - steady, 90s);
}

TEST_F(FakeClockTest, WakesSleepersInTheOrderOfTheirDeadlines) {
    group_.spawn(note_sleep(clock_, 3s, notes_, "three"));
    group_.spawn(note_sleep(clock_, 1s, notes_, "one"));
    group_.spawn(note_sleep(clock_, 2s, notes_, "two"));
    settle(loop_);
    EXPECT_EQ(clock_.sleeping(), 3U);
    clock_.advance(999ms);
    settle(loop_);
    EXPECT_TRUE(notes_.empty());
    clock_.advance(1001ms);
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"one ok", "two ok"}));
    clock_.advance(1h);
    settle(loop_);
    EXPECT_EQ(notes_.back(), "three ok");
    EXPECT_EQ(clock_.sleeping(), 0U);
}

TEST_F(FakeClockTest, ReturnsForATimeThatHasPassedAtTheNextTurn) {
    group_.spawn(note_sleep(clock_, 0s, notes_, "now"));
    group_.spawn(note_sleep(clock_, -1s, notes_, "past"));
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"now ok", "past ok"}));
}

TEST_F(FakeClockTest, ForgetsACancelledSleeper) {
    TaskHandle handle = group_.spawn(note_sleep(clock_, 1s, notes_, "a"));
    group_.spawn(note_sleep(clock_, 1s, notes_, "b"));
    settle(loop_);
    handle.cancel();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"a cancelled"}));
    EXPECT_EQ(clock_.sleeping(), 1U);
    clock_.advance(1s);
    settle(loop_);
    EXPECT_EQ(notes_.back(), "b ok");
}

TEST_F(FakeClockTest, TellsASleeperThatIsWokenAndCancelledInTheSameTurn) {
    TaskHandle handle = group_.spawn(sleep_twice(clock_, notes_));
    settle(loop_);
    clock_.advance(1s);
    handle.cancel();
    settle(loop_);
    EXPECT_EQ(notes_, (Notes{"first cancelled", "second cancelled"}));
    EXPECT_EQ(clock_.sleeping(), 0U);
}

}  // namespace
}  // namespace base
