// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/credential_cache.hpp"

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"

namespace kms_ambient {
namespace {

using namespace std::chrono_literals;

class Cache : public ::testing::Test {
protected:
    // What get() answers, as text.
    std::string get() {
        const auto got = base::testing::run_task<CredentialCache<int>::Pointer>(loop, ask());
        return got ? std::to_string(**got) : got.error().message;
    }
    base::Task<CredentialCache<int>::Pointer> ask() {
        return cache.get([this] { return issue(); });
    }
    base::Task<void> ask_into(std::vector<std::string>& answers) {
        const auto got = co_await ask();
        answers.push_back(got ? std::to_string(**got) : got.error().message);
        co_return base::Result<void>{};
    }
    base::Task<Issued<int>> issue() {
        ++issued;
        if (gate != nullptr) {
            if (auto opened = co_await gate->wait(); !opened) {
                co_return opened.error();
            }
        }
        if (failing) {
            co_return base::Error{base::ErrorCode::kUnavailable, "no"};
        }
        co_return Issued<int>{issued, clock.now() + life};
    }

    boost::asio::io_context loop{1};
    base::testing::FakeClock clock{loop.get_executor()};
    CredentialCache<int> cache{loop.get_executor(), clock};
    base::Duration life = 1h;
    bool failing = false;
    base::Event* gate = nullptr;
    int issued = 0;
};

TEST_F(Cache, RenewsFiveMinutesBeforeTheEnd) {
    EXPECT_EQ(get(), "1");
    clock.advance(55min - 1ns);
    EXPECT_EQ(get(), "1");
    clock.advance(1ns);
    EXPECT_EQ(get(), "2");
}

TEST_F(Cache, RenewsAShortLifeInItsLastQuarter) {
    life = 8min;
    EXPECT_EQ(get(), "1");
    clock.advance(6min - 1ns);
    EXPECT_EQ(get(), "1");
    clock.advance(1ns);
    EXPECT_EQ(get(), "2");
}

TEST_F(Cache, TheOldOneServesWhileARenewalFails) {
    EXPECT_EQ(get(), "1");
    failing = true;
    clock.advance(60min - 1ns);
    EXPECT_EQ(get(), "1");
    clock.advance(1ns);
    EXPECT_EQ(get(), "no");
    failing = false;
    EXPECT_EQ(get(), "4");
}

TEST_F(Cache, ARefusedOneIsReplaced) {
    const auto first = base::testing::run_task<CredentialCache<int>::Pointer>(loop, ask());
    cache.refused(*first);
    EXPECT_EQ(get(), "2");
    cache.refused(*first);
    EXPECT_EQ(get(), "2");
}

TEST_F(Cache, OneRequestServesAllWhoWait) {
    base::Event open(loop.get_executor());
    gate = &open;
    base::TaskGroup group(loop.get_executor());
    std::vector<std::string> answers;
    for (int i = 0; i < 5; ++i) {
        group.spawn(ask_into(answers));
    }
    base::testing::settle(loop);
    EXPECT_EQ(issued, 1);
    open.set();
    base::testing::settle(loop);
    EXPECT_EQ(answers, std::vector<std::string>(5, "1"));
    EXPECT_EQ(issued, 1);
}

TEST_F(Cache, WhoeverWaitsGoesOnWhenTheOneWhoAsksIsCancelled) {
    base::Event open(loop.get_executor());
    gate = &open;
    base::TaskGroup group(loop.get_executor());
    std::vector<std::string> answers;
    auto first = group.spawn(ask_into(answers));
    group.spawn(ask_into(answers));
    base::testing::settle(loop);
    first.cancel();
    base::testing::settle(loop);
    EXPECT_EQ(answers, std::vector<std::string>{"cancelled"});
    EXPECT_EQ(issued, 2);
    open.set();
    base::testing::settle(loop);
    EXPECT_EQ(answers, (std::vector<std::string>{"cancelled", "2"}));
}

}  // namespace
}  // namespace kms_ambient
