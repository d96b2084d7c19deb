// SPDX-License-Identifier: 0BSD
#include "base/turn.hpp"

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"

namespace base {
namespace {

constexpr Duration kPatience = std::chrono::milliseconds(100);

Task<int> answer_when(Event& event) {
    auto woken = co_await event.wait();
    if (!woken) {
        co_return woken.error();
    }
    co_return 7;
}

class TurnTest : public ::testing::Test {
protected:
    ~TurnTest() override {
        group.cancel();
        testing::settle(loop);
    }
    Task<void> pause_and_go_on(Event& resume) {
        Turn turn(queue, "pausing");
        (void)co_await turn.take();
        (void)co_await turn.take();
        seen.push_back(fmt::format("at work, {} taken", queue.taken()));
        turn.give_back();
        (void)co_await resume.wait();
        const auto again = co_await turn.take();
        seen.push_back(fmt::format("again, {} taken", queue.taken()));
        co_return again;
    }
    Task<void> leave() {
        Turn turn(queue, "leaving");
        (void)co_await turn.take();
        auto result = co_await leave_for(turn, answer_when(event), clock, kPatience);
        seen.push_back(result ? fmt::format("{}, {} taken", *result, queue.taken()) : result.error().message);
        co_return Result<void>{};
    }

    boost::asio::io_context loop;
    testing::FakeClock clock{loop.get_executor()};
    FairQueue queue{loop.get_executor(), 1};
    Event event{loop.get_executor()};
    std::vector<std::string> seen;
    TaskGroup group{loop.get_executor()};
};

using Seen = std::vector<std::string>;

TEST_F(TurnTest, IsOnePlaceHoweverOftenItIsTaken) {
    group.spawn(pause_and_go_on(event));
    testing::settle(loop);
    EXPECT_EQ(queue.taken(), 0U);
    event.set();
    testing::settle(loop);
    EXPECT_EQ(seen, (Seen{"at work, 1 taken", "again, 1 taken"}));
    EXPECT_EQ(queue.taken(), 0U);
}

TEST_F(TurnTest, ShortWorkKeepsThePlace) {
    group.spawn(leave());
    testing::settle(loop);
    clock.advance(kPatience / 2);
    testing::settle(loop);
    EXPECT_EQ(queue.taken(), 1U);
    event.set();
    testing::settle(loop);
    EXPECT_EQ(seen, Seen{"7, 1 taken"});
}

TEST_F(TurnTest, LongWorkLetsOthersHaveIt) {
    group.spawn(leave());
    testing::settle(loop);
    clock.advance(kPatience);
    testing::settle(loop);
    EXPECT_EQ(queue.taken(), 0U);
    EXPECT_TRUE(seen.empty());
    event.set();
    testing::settle(loop);
    EXPECT_EQ(seen, Seen{"7, 1 taken"});
    EXPECT_EQ(queue.taken(), 0U);
}

TEST_F(TurnTest, ACancelledLeaveEndsItsWork) {
    auto handle = group.spawn(leave());
    testing::settle(loop);
    clock.advance(kPatience);
    testing::settle(loop);
    handle.cancel();
    testing::settle(loop);
    EXPECT_EQ(seen.size(), 1U);
    EXPECT_FALSE(handle.running());
    EXPECT_EQ(queue.taken(), 0U);
}

}  // namespace
}  // namespace base
