// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/process.hpp"

#include <cstdlib>
#include <signal.h>

#include <gtest/gtest.h>

#include "base/read_file.hpp"
#include "base/task_group.hpp"
#include "base/testing/run.hpp"
#include "io/kube/rest/testing/temp_folder.hpp"

namespace kube {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;

class Processes : public ::testing::Test {
protected:
    ProcessRequest shell(const std::string& commands) {
        ProcessRequest request;
        request.command = "sh";
        request.args = {"-c", commands};
        request.timeout = 20s;
        return request;
    }
    base::Result<ProcessOutput> run(ProcessRequest request) {
        return base::testing::run_task(loop, run_process(std::move(request), clock));
    }
    // The process whose id a script wrote; gone when its group was killed.
    bool is_alive(const std::string& file) {
        const auto pid = base::read_file(folder.path(file), 100);
        return pid && ::kill(std::atoi(pid->c_str()), 0) == 0;
    }

    boost::asio::io_context loop;
    base::SystemClock clock;
    testing::TempFolder folder;
};

TEST_F(Processes, GiveBackOutputAndExitCode) {
    const auto output = run(shell("echo out; echo err >&2; exit 7"));
    ASSERT_TRUE(output) << output.error().text();
    EXPECT_EQ(output->out, "out\n");
    EXPECT_EQ(output->err, "err\n");
    EXPECT_EQ(output->exit_code, 7);
}

TEST_F(Processes, TellTheSignalThatEndedThem) {
    const auto output = run(shell("kill -TERM $$"));
    ASSERT_TRUE(output);
    EXPECT_EQ(output->exit_code, 128 + SIGTERM);
}

TEST_F(Processes, SeeAnEmptyInputAndTheGivenVariables) {
    ::setenv("PROCESS_TEST", "outer", 1);  // NOLINT: single thread
    auto request = shell("cat; echo $PROCESS_TEST $HOME");
    request.environment = {"PROCESS_TEST=inner"};
    const auto output = run(std::move(request));
    ASSERT_TRUE(output);
    EXPECT_EQ(output->out, fmt::format("inner {}\n", ::getenv("HOME")));
}

TEST_F(Processes, MayWriteMoreThanAPipeHolds) {
    const auto output = run(shell("head -c 500000 /dev/zero"));
    ASSERT_TRUE(output) << output.error().text();
    EXPECT_EQ(output->out.size(), 500'000U);
}

TEST_F(Processes, EndWhenTheyWriteTooMuch) {
    auto request = shell("cat /dev/zero");
    request.output_bytes_max = 100'000;
    const auto output = run(std::move(request));
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::kLimitExceeded);
}

TEST_F(Processes, EndWithTheirChildrenWhenTheyTakeTooLong) {
    auto request = shell("echo $$ > " + folder.path("pid") + "; sleep 60 & echo $! > " +
                         folder.path("child") + "; wait");
    request.timeout = 300ms;
    const auto output = run(std::move(request));
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::kDeadlineExceeded);
    EXPECT_FALSE(is_alive("pid"));
}

TEST_F(Processes, DoNotWaitForAGrandchildThatHoldsTheOutput) {
    const auto before = clock.steady_now();
    const auto output = run(shell("sleep 30 & echo done"));
    ASSERT_TRUE(output);
    EXPECT_EQ(output->out, "done\n");
    EXPECT_LT(clock.steady_now() - before, 15s);
}

TEST_F(Processes, ReportAProgramThatDoesNotExistOrMayNotRun) {
    ProcessRequest missing;
    missing.command = folder.path("nothing");
    EXPECT_EQ(run(missing).error().code, ErrorCode::kNotFound);
    ProcessRequest plain;
    plain.command = folder.write("plain", "no program");
    EXPECT_EQ(run(plain).error().code, ErrorCode::kUnavailable);
}

base::Task<void> run_and_store(ProcessRequest request, base::Clock& clock,
                               base::Result<ProcessOutput>& output) {
    output = co_await run_process(std::move(request), clock);
    co_return base::Result<void>{};
}

base::Task<void> cancel_soon(ProcessRequest request, base::Clock& clock,
                             base::Result<ProcessOutput>& output) {
    base::TaskGroup group(co_await boost::asio::this_coro::executor);
    group.spawn(run_and_store(std::move(request), clock, output));
    auto slept = co_await clock.sleep_for(200ms);
    group.cancel();
    if (auto joined = co_await group.join(); !joined) {
        co_return joined;
    }
    co_return slept;
}

TEST_F(Processes, AreKilledWhenTheCallerIsCancelled) {
    base::Result<ProcessOutput> output;
    EXPECT_TRUE(base::testing::run_task(
        loop, cancel_soon(shell("echo $$ > " + folder.path("pid") + "; exec sleep 60"), clock, output)));
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::kCancelled);
    EXPECT_FALSE(is_alive("pid"));
}

}  // namespace
}  // namespace kube
