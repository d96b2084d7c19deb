// SPDX-License-Identifier: 0BSD
#include "engine/apply/readiness_wait.hpp"

#include <map>
#include <optional>

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"
#include "base/wait.hpp"

namespace apply {
namespace {

using model::Value;

constexpr base::Duration kTimeout = std::chrono::minutes(5);

Value deployment(std::int64_t available) {
    return {{"apiVersion", "apps/v1"},
            {"kind", "Deployment"},
            {"metadata", {{"name", "web"}, {"namespace", "t"}, {"generation", 1}}},
            {"spec", {{"replicas", 3}}},
            {"status",
             {{"observedGeneration", 1},
              {"replicas", 3},
              {"updatedReplicas", 3},
              {"readyReplicas", available},
              {"availableReplicas", available},
              {"conditions", {{{"type", "Available"}, {"status", available == 3 ? "True" : "False"}}}}}}};
}

Value failed_job() {
    return {{"apiVersion", "batch/v1"},
            {"kind", "Job"},
            {"metadata", {{"name", "j"}, {"namespace", "t"}, {"generation", 1}}},
            {"status",
             {{"conditions", {{{"type", "Failed"}, {"status", "True"}, {"message", "too many restarts"}}}}}}};
}

Awaited awaited(std::string group, std::string kind, std::string name) {
    return {{{std::move(group), "v1", std::move(kind)}, "t", std::move(name)}, "5"};
}

class FakeLive final : public LiveObjects {
public:
    base::Task<LiveObject> read(kube::ObjectRef ref, std::string resource_version) override {
        ++reads;
        versions.push_back(resource_version);
        if (const auto found = errors.find(ref.name); found != errors.end()) {
            co_return found->second;
        }
        const auto found = objects.find(ref.name);
        co_return LiveObject{found == objects.end() ? nullptr : std::make_shared<const Value>(found->second),
                             watched};
    }

    std::map<std::string, Value> objects;
    std::map<std::string, base::Error> errors;
    bool watched = true;
    int reads = 0;
    std::vector<std::string> versions;
};

// Looks as the reconciler does: when something changed, or at the time that the last look named.
class WaitTest : public ::testing::Test {
protected:
    ~WaitTest() override {
        group.cancel();
        settle();
    }
    void start(std::vector<Awaited> objects) {
        handle = group.spawn(wait(std::move(objects)));
        settle();
    }
    base::Task<void> wait(std::vector<Awaited> objects) {
        apply::ReadinessWait wait(std::move(objects), clock.steady_now() + kTimeout);
        while (true) {
            changed.reset();
            auto looked = co_await wait.look(live, clock);
            if (!looked || looked->ready) {
                result = looked ? base::Result<void>{} : base::Result<void>(looked.error());
                co_return base::Result<void>{};
            }
            if (looked->news) {
                reports.push_back(*looked->news);
            }
            if (auto woken = co_await base::wait_until(changed, clock, looked->again); !woken) {
                result = woken.error();
                co_return base::Result<void>{};
            }
        }
    }
    void settle() { base::testing::settle(loop); }
    void pass(base::Duration time) {
        clock.advance(time);
        settle();
    }
    void change(std::int64_t available) {
        live.objects["web"] = deployment(available);
        changed.set();
        settle();
    }
    base::ErrorCode code() const {
        return result && !*result ? result->error().code : base::ErrorCode::kInternal;
    }

    base::asio::io_context loop;
    base::testing::FakeClock clock{loop.get_executor()};
    FakeLive live;
    base::Event changed{loop.get_executor()};
    base::TaskGroup group{loop.get_executor()};
    base::TaskHandle handle;
    std::optional<base::Result<void>> result;
    std::vector<std::string> reports;
};

TEST_F(WaitTest, KindsThatAreReadyByExistingAreNotRead) {
    start({awaited("", "ConfigMap", "a"), awaited("", "Secret", "b")});
    ASSERT_TRUE(result && *result);
    EXPECT_EQ(live.reads, 0);
    EXPECT_TRUE(reports.empty());
}

TEST_F(WaitTest, AReadyObjectIsReadOnceNoOlderThanItsWrite) {
    live.objects["web"] = deployment(3);
    start({awaited("apps", "Deployment", "web")});
    ASSERT_TRUE(result && *result);
    EXPECT_EQ(live.versions, std::vector<std::string>{"5"});
    EXPECT_TRUE(reports.empty()) << "there was nothing to wait for";
}

TEST_F(WaitTest, AChangeWakesAndWatchedObjectsAreNotPolled) {
    live.objects["web"] = deployment(1);
    start({awaited("apps", "Deployment", "web")});
    pass(std::chrono::minutes(1));
    EXPECT_EQ(live.reads, 1);
    change(3);
    ASSERT_TRUE(result && *result);
    EXPECT_EQ(live.reads, 2);
}

TEST_F(WaitTest, WithoutAWatchItPolls) {
    live.watched = false;
    live.objects["web"] = deployment(1);
    start({awaited("apps", "Deployment", "web")});
    pass(std::chrono::seconds(2));
    EXPECT_EQ(live.reads, 2);
    live.objects["web"] = deployment(3);
    pass(std::chrono::seconds(3));
    ASSERT_TRUE(result && *result);
}

TEST_F(WaitTest, AnObjectThatIsReadyIsNotReadAgain) {
    live.objects["web"] = deployment(1);
    live.objects["api"] = deployment(3);
    start({awaited("apps", "Deployment", "web"), awaited("apps", "Deployment", "api")});
    EXPECT_EQ(live.reads, 2);
    change(2);
    EXPECT_EQ(live.reads, 3);
}

TEST_F(WaitTest, TheDeadlineNamesWhatIsNotReady) {
    live.objects["web"] = deployment(1);
    start({awaited("apps", "Deployment", "web"), awaited("", "Pod", "gone")});
    pass(kTimeout);
    ASSERT_EQ(code(), base::ErrorCode::kDeadlineExceeded);
    const std::string text = result->error().text();
    EXPECT_TRUE(text.starts_with("timed out waiting for Deployment/t/web: ")) << text;
    EXPECT_NE(text.find("; Pod/t/gone: does not exist"), std::string::npos) << text;
}

TEST_F(WaitTest, NoMoreThanTenObjectsAreNamed) {
    std::vector<Awaited> many;
    for (int i = 0; i < 12; ++i) {
        many.push_back(awaited("", "Pod", fmt::format("p{}", i)));
    }
    start(std::move(many));
    pass(kTimeout);
    ASSERT_EQ(code(), base::ErrorCode::kDeadlineExceeded);
    EXPECT_TRUE(result->error().text().ends_with("Pod/t/p9: does not exist; and 2 more"))
        << result->error().text();
}

TEST_F(WaitTest, AnObjectThatWasReadyAtTheDeadlineCounts) {
    live.objects["web"] = deployment(1);
    start({awaited("apps", "Deployment", "web")});
    live.objects["web"] = deployment(3);
    pass(kTimeout);
    ASSERT_TRUE(result && *result);
}

TEST_F(WaitTest, AFailedObjectEndsTheWaitAtOnce) {
    live.objects["j"] = failed_job();
    start({awaited("batch", "Job", "j")});
    ASSERT_EQ(code(), base::ErrorCode::kInvalid);
    EXPECT_TRUE(result->error().text().starts_with("Job/t/j failed: ")) << result->error().text();
}

TEST_F(WaitTest, AVanishedJobIsDone) {
    start({awaited("batch", "Job", "j")});
    ASSERT_TRUE(result && *result);
}

TEST_F(WaitTest, AJobOfAnotherGroupMustExist) {
    start({awaited("example.org", "Job", "j")});
    EXPECT_FALSE(result);
}

TEST_F(WaitTest, ReportsComeAtTheBeginAndThenAtMostEveryTenSeconds) {
    live.objects["web"] = deployment(0);
    start({awaited("apps", "Deployment", "web")});
    ASSERT_EQ(reports.size(), 1U);
    change(1);
    pass(std::chrono::seconds(4));
    change(2);
    EXPECT_EQ(reports.size(), 1U);
    pass(std::chrono::seconds(6));
    ASSERT_EQ(reports.size(), 2U) << "without another change";
    EXPECT_NE(reports[0], reports[1]);
    pass(std::chrono::seconds(30));
    change(2);
    EXPECT_EQ(reports.size(), 2U) << "nothing new";
}

TEST_F(WaitTest, AMissingRightEndsTheWait) {
    live.errors["web"] = {base::ErrorCode::kForbidden, "no right"};
    start({awaited("apps", "Deployment", "web")});
    EXPECT_EQ(code(), base::ErrorCode::kForbidden);
}

TEST_F(WaitTest, OtherReadErrorsAreRetried) {
    live.errors["web"] = {base::ErrorCode::kUnavailable, "no answer"};
    start({awaited("apps", "Deployment", "web")});
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0], "Deployment/t/web: no answer");
    live.errors.clear();
    live.objects["web"] = deployment(3);
    pass(std::chrono::seconds(2));
    ASSERT_TRUE(result && *result);
}

TEST_F(WaitTest, ACancelPassesThrough) {
    live.objects["web"] = deployment(1);
    start({awaited("apps", "Deployment", "web")});
    handle.cancel();
    settle();
    EXPECT_EQ(code(), base::ErrorCode::kCancelled);
}

}  // namespace
}  // namespace apply
