// SPDX-License-Identifier: 0BSD
#include "io/kube/event_recorder.hpp"

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"
#include "io/kube/testing/fake_api.hpp"

namespace kube::testing {
namespace {

using base::ErrorCode;
using std::chrono::minutes;
using std::chrono::seconds;
using Lines = std::vector<std::string>;

struct LogLines final : base::LogSink {
    void write(std::string_view line) override { lines.emplace_back(line); }
    Lines lines;
};

class EventRecorderTest : public ::testing::Test {
protected:
    ~EventRecorderTest() override { stop(); }

    static Value stage_set(std::string name) {
        return {{"apiVersion", "stages.metio.wtf/v1"},
                {"kind", "StageSet"},
                {"metadata", {{"name", std::move(name)}, {"namespace", "t"}, {"uid", "u"}}}};
    }
    void start() {
        group.spawn(recorder.run());
        settle();
    }
    void stop() {
        group.cancel();
        settle();
    }
    void settle() { base::testing::settle(loop); }
    void pass(base::Duration time) {
        clock.advance(time);
        settle();
    }
    void record(std::string name = "s", std::string reason = "StageFailed", std::string note = "note",
                EventType type = EventType::kWarning) {
        recorder.record(stage_set(std::move(name)), type, std::move(reason), std::move(note));
        settle();
    }
    std::vector<Value> events() const { return api.objects("Event"); }
    std::size_t requests(std::string verb) { return api.requests_matching(on(std::move(verb), "Event")); }
    std::int64_t series_count(const Value& event) {
        return model::find_integer(event, {"series", "count"}).value_or(0);
    }

    base::asio::io_context loop;
    base::testing::FakeClock clock{loop.get_executor()};
    base::Rng rng{3};
    std::shared_ptr<LogLines> sink = std::make_shared<LogLines>();
    base::Logger logger{base::LogLevel::kDebug, base::LogFormat::kText, sink, clock};
    FakeApi api{loop.get_executor(), clock};
    EventRecorder recorder{api, clock, rng, logger, loop.get_executor(), "host"};
    base::TaskGroup group{loop.get_executor()};
};

TEST_F(EventRecorderTest, WritesAnEventWithoutASeries) {
    start();
    record();
    ASSERT_EQ(events().size(), 1U);
    EXPECT_EQ(model::find_string(events()[0], {"reason"}), "StageFailed");
    EXPECT_EQ(model::find_string(events()[0], {"reportingInstance"}), "stageset-controller-host");
    EXPECT_EQ(model::find(events()[0], {"series"}), nullptr);
}

TEST_F(EventRecorderTest, WhatDiffersMoreThanByItsNoteIsAnEventOfItsOwn) {
    start();
    record("s", "A");
    record("s", "B");
    record("r", "A");
    record("s", "A", "note", EventType::kNormal);
    Value other = stage_set("s");
    model::ensure_object(other, {"metadata"})["uid"] = "another";
    recorder.record(other, EventType::kWarning, "A", "note");
    settle();
    EXPECT_EQ(events().size(), 5U);
    EXPECT_EQ(requests("patch"), 0U);
}

TEST_F(EventRecorderTest, ARepetitionWithAnotherNoteBecomesASeriesWrittenAtCountTwo) {
    start();
    record("s", "A", "first");
    pass(minutes(1));
    record("s", "A", "second");
    ASSERT_EQ(events().size(), 1U);
    EXPECT_EQ(series_count(events()[0]), 2);
    EXPECT_EQ(model::find_string(events()[0], {"note"}), "first");
    EXPECT_EQ(model::find_string(events()[0], {"series", "lastObservedTime"}),
              base::format_rfc3339_micro(clock.now()));
    record("s", "A", "third");
    record("s", "A", "fourth");
    EXPECT_EQ(requests("patch"), 1U);
}

TEST_F(EventRecorderTest, ALongSeriesIsRefreshedEveryThirtyMinutes) {
    start();
    for (int i = 0; i < 62; ++i) {
        record();
        pass(minutes(1));
    }
    EXPECT_EQ(requests("create"), 1U);
    EXPECT_EQ(requests("patch"), 3U);
    EXPECT_EQ(series_count(events()[0]), 62);
}

TEST_F(EventRecorderTest, SixIdleMinutesCloseASeriesWithItsLastCount) {
    start();
    for (int i = 0; i < 5; ++i) {
        record();
    }
    EXPECT_EQ(series_count(events()[0]), 2);
    pass(minutes(6) - seconds(1));
    EXPECT_EQ(series_count(events()[0]), 2);
    pass(seconds(1));
    EXPECT_EQ(series_count(events()[0]), 5);
    record();
    EXPECT_EQ(events().size(), 2U);
    EXPECT_EQ(clock.sleeping(), 1U);
    pass(minutes(7));
    EXPECT_EQ(clock.sleeping(), 0U) << "nothing is left to wait for";
    EXPECT_EQ(requests("patch"), 2U);
}

TEST_F(EventRecorderTest, ARepetitionBeforeTheFirstWasWrittenIsWrittenWithIt) {
    record();
    record();
    start();
    EXPECT_EQ(requests("create"), 1U);
    EXPECT_EQ(requests("patch"), 0U);
    EXPECT_EQ(series_count(events()[0]), 2);
}

TEST_F(EventRecorderTest, ARepetitionDuringTheFirstRequestIsWrittenAfterIt) {
    api.behaviour.latency = seconds(1);
    start();
    record();
    record();
    pass(seconds(1));
    pass(seconds(1));
    api.behaviour.latency = seconds(0);
    EXPECT_EQ(requests("patch"), 1U);
    EXPECT_EQ(series_count(events()[0]), 2);
}

TEST_F(EventRecorderTest, TwoEventsInOneInstantHaveTwoNames) {
    start();
    record("s", "A");
    record("s", "B");
    ASSERT_EQ(events().size(), 2U);
    EXPECT_NE(model::name_of(events()[0]), model::name_of(events()[1]));
}

TEST_F(EventRecorderTest, TriesTwelveTimesTenSecondsApart) {
    api.fail_always(on("create"), {ErrorCode::kUnavailable, "down"});
    start();
    record();
    pass(seconds(10));
    EXPECT_EQ(requests("create"), 2U);
    for (std::size_t i = 3; i <= 12; ++i) {
        pass(seconds(9));
        EXPECT_EQ(requests("create"), i - 1);
        pass(seconds(1));
        EXPECT_EQ(requests("create"), i);
    }
    pass(minutes(10));
    EXPECT_EQ(requests("create"), 12U);
    EXPECT_EQ(sink->lines.size(), 1U);
    api.clear_faults();
    record();
    EXPECT_EQ(events().size(), 1U) << "after an event was given up the next one is written";
}

TEST_F(EventRecorderTest, WhatTheServerRefusesIsDroppedAndLoggedOncePerCause) {
    api.fail_next(on("create"), {ErrorCode::kForbidden, "no right"}, 3);
    api.fail_next(on("create"), {ErrorCode::kInvalid, "bad"}, 1);
    start();
    for (int i = 0; i < 4; ++i) {
        record("s" + std::to_string(i));
    }
    pass(minutes(5));
    EXPECT_EQ(requests("create"), 4U);
    EXPECT_EQ(sink->lines.size(), 2U);
}

TEST_F(EventRecorderTest, OneFailingEventHoldsNoOtherUp) {
    api.fail_always([](const Request& request) { return request.name.starts_with("bad"); },
                    {ErrorCode::kUnavailable, "down"});
    start();
    for (int i = 0; i < 20; ++i) {
        record("bad" + std::to_string(i));
    }
    record("good");
    EXPECT_EQ(events().size(), 1U);
}

TEST_F(EventRecorderTest, ALostAnswerMakesNoSecondEvent) {
    api.lose_answer(on("create"), {ErrorCode::kUnavailable, "reset"});
    start();
    record();
    record();
    pass(seconds(10));
    EXPECT_EQ(events().size(), 1U);
    EXPECT_EQ(series_count(events()[0]), 2);
}

TEST_F(EventRecorderTest, AnEventThatTheServerForgotIsWrittenAnew) {
    start();
    record();
    api.erase(ref_of(events()[0]));
    record();
    ASSERT_EQ(events().size(), 1U);
    EXPECT_EQ(series_count(events()[0]), 2);
}

TEST_F(EventRecorderTest, AFullQueueDropsTheOldest) {
    for (int i = 0; i < 2100; ++i) {
        recorder.record(stage_set("s" + std::to_string(i)), EventType::kNormal, "Succeeded", "");
    }
    start();
    EXPECT_EQ(events().size(), 2000U);
    EXPECT_EQ(requests("create"), 2000U);
    for (const auto& event : events()) {
        EXPECT_NE(model::find_string(event, {"regarding", "name"}), "s99");
    }
    EXPECT_EQ(sink->lines.size(), 1U);
}

TEST_F(EventRecorderTest, DrainDeliversWhatIsLeftAndTheLastCounts) {
    start();
    for (int i = 0; i < 3; ++i) {
        record("counted");
    }
    stop();
    record("late");
    group.spawn(recorder.drain(seconds(5)));
    settle();
    EXPECT_EQ(group.size(), 0U) << "a drain ends as soon as nothing is left";
    ASSERT_EQ(events().size(), 2U);
    EXPECT_EQ(series_count(events()[0]), 3);
}

TEST_F(EventRecorderTest, DrainTriesAgainWhatWaitsAndEndsAtItsLimit) {
    api.fail_next(on("create"), {ErrorCode::kUnavailable, "down"});
    start();
    record("a");
    stop();
    api.behaviour.latency = seconds(2);
    group.spawn(recorder.drain(seconds(5)));
    settle();
    pass(seconds(2));
    EXPECT_EQ(group.size(), 0U);
    api.fail_always(on("create"), {ErrorCode::kUnavailable, "down"});
    recorder.record(stage_set("b"), EventType::kNormal, "Succeeded", "");
    group.spawn(recorder.drain(seconds(5)));
    for (int i = 0; i < 4; ++i) {
        settle();
        EXPECT_EQ(group.size(), 1U);
        pass(seconds(1));
    }
    pass(seconds(1));
    EXPECT_EQ(group.size(), 0U);
    api.behaviour.latency = seconds(0);
    EXPECT_EQ(events().size(), 1U);
}

// Whenever the recorder is stopped, what it held is there for the drain: no event is lost and none is written twice.
TEST_F(EventRecorderTest, AStopAtAnyStepLosesNothing) {
    for (int steps = 0; steps < 40; ++steps) {
        EventRecorder own{api, clock, rng, logger, loop.get_executor(), "host"};
        auto handle = group.spawn(own.run());
        const std::string name = "s" + std::to_string(steps);
        loop.restart();
        for (int i = 0; i < steps; ++i) {
            loop.poll_one();
            if (i == steps / 2) {
                own.record(stage_set(name), EventType::kNormal, "Succeeded", "");
            }
        }
        own.record(stage_set(name), EventType::kNormal, "Other", "");
        handle.cancel();
        settle();
        ASSERT_FALSE(handle.running()) << steps;
        group.spawn(own.drain(seconds(5)));
        settle();
        ASSERT_EQ(group.size(), 0U) << steps;
    }
    EXPECT_EQ(events().size(), 79U);
}

}  // namespace
}  // namespace kube::testing
