// SPDX-License-Identifier: 0BSD
#include "engine/apply/readiness_wait.hpp"

#include <gtest/gtest.h>

#include "engine/apply/testing/wait_fixture.hpp"

namespace apply::testing {
namespace {

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
    ASSERT_EQ(live.requests.size(), 1U);
    EXPECT_EQ(live.requests[0].not_older_than, "5");
    EXPECT_TRUE(reports.empty()) << "there was nothing to wait for";
}

TEST_F(WaitTest, AChangeWakesAndWatchedObjectsAreNotPolled) {
    live.objects["claim"] = claim("Pending");
    start({awaited("", "PersistentVolumeClaim", "claim")});
    pass(std::chrono::minutes(1));
    EXPECT_EQ(live.reads, 1);
    live.objects["claim"] = claim("Bound");
    changed.set();
    settle();
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
    EXPECT_TRUE(
        text.starts_with("timed out waiting for Deployment/t/web: InProgress, 1 of 3 replicas available"))
        << text;
    EXPECT_NE(text.find("; Pod/t/gone: NotFound, does not exist"), std::string::npos) << text;
}

TEST_F(WaitTest, NoMoreThanTenObjectsAreNamed) {
    std::vector<Awaited> many;
    for (int i = 0; i < 12; ++i) {
        many.push_back(awaited("", "Pod", fmt::format("p{}", i)));
    }
    start(std::move(many));
    pass(kTimeout);
    ASSERT_EQ(code(), base::ErrorCode::kDeadlineExceeded);
    EXPECT_TRUE(result->error().text().ends_with("Pod/t/p9: NotFound, does not exist; and 2 more"))
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
}  // namespace apply::testing
