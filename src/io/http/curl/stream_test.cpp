// SPDX-License-Identifier: 0BSD
#include <gtest/gtest.h>

#include "io/http/curl/testing/rig.hpp"
#include "io/http/curl/transfer.hpp"

namespace http_curl::testing {
namespace {

using base::ErrorCode;

class Streams : public ::testing::TestWithParam<const char*> {
protected:
    std::string url(const std::string& path) const { return peer().url(GetParam(), path); }
};

base::Task<std::string> read_url(http::Client& client, std::string url) {
    auto stream = co_await client.open(http::Request{.url = url});
    if (!stream) {
        co_return stream.error();
    }
    co_return co_await read_all(**stream);
}

TEST_P(Streams, GiveTheWholeBody) {
    Rig rig;
    const auto body = rig.run(read_url(rig.client(), url("/bytes?count=5000000")));
    ASSERT_TRUE(body) << body.error().text();
    EXPECT_EQ(body->size(), 5'000'000U);
}

TEST_P(Streams, EndAtOnceWithoutABody) {
    Rig rig;
    const auto body = rig.run(read_url(rig.client(), url("/bytes?count=0")));
    ASSERT_TRUE(body) << body.error().text();
    EXPECT_EQ(*body, "");
}

TEST_P(Streams, ReportABodyThatBreaksOffAfterWhatCame) {
    Rig rig;
    const auto body = rig.run(read_url(rig.client(), url("/half")));
    ASSERT_FALSE(body);
    EXPECT_EQ(body.error().code, ErrorCode::kUnavailable);
}

base::Task<void> read_slowly(http::Client& client, std::string flood, std::string other) {
    base::SystemClock clock;
    auto stream = co_await client.open(http::Request{.url = flood});
    if (!stream) {
        co_return stream.error();
    }
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(co_await clock.sleep_for(10ms));
        // Another stream and a plain request must pass beside the one that is held back.
        auto beside = co_await client.open(http::Request{.url = other, .timeout = 5s, .idle_timeout = 5s});
        if (!beside) {
            co_return base::wrap("stream beside", beside.error());
        }
        auto body = co_await read_all(**beside);
        auto response = co_await client.send(http::Request{.url = other, .timeout = 5s});
        if (!body || !response) {
            co_return base::wrap("beside", body ? response.error() : body.error());
        }
        auto piece = co_await (*stream)->read();
        if (!piece) {
            co_return piece.error();
        }
        EXPECT_GT(piece->size(), 0U);
        EXPECT_LE(piece->size(), 2 * kStreamBufferBytesMax);
    }
    co_return base::Result<void>{};
}

TEST_P(Streams, AreHeldBackWithoutHoldingOthersUp) {
    Rig rig;
    const auto read = rig.run(read_slowly(rig.client(), url("/flood"), url("/bytes?count=100000")));
    EXPECT_TRUE(read) << read.error().text();
    const auto gone = rig.run(await_active(rig.client(), 0));
    EXPECT_TRUE(gone) << gone.error().text();
}

base::Task<void> hold_many(http::Client& client, std::string held, std::string other, int count) {
    std::vector<std::unique_ptr<http::Stream>> streams;
    for (int i = 0; i < count; ++i) {
        auto stream = co_await client.open(http::Request{.url = held, .timeout = 10s});
        if (!stream) {
            co_return base::wrap("stream " + std::to_string(i), stream.error());
        }
        streams.push_back(std::move(*stream));
    }
    auto alive = co_await await_active(client, count);
    if (!alive) {
        co_return alive;
    }
    auto response = co_await client.send(http::Request{.url = other, .timeout = 10s});
    if (!response) {
        co_return response.error();
    }
    streams.clear();
    co_return co_await await_active(client, 0);
}

TEST_P(Streams, MayBeMoreThanAConnectionCarries) {
    Rig rig;
    const auto held = rig.run(hold_many(rig.client(), url("/hold"), url("/info"), 30));
    EXPECT_TRUE(held) << held.error().text();
}

base::Task<void> idle_out(http::Client& client, std::string url) {
    auto stream = co_await client.open(http::Request{.url = url, .idle_timeout = 100ms});
    if (!stream) {
        co_return stream.error();
    }
    auto piece = co_await (*stream)->read();
    if (!piece) {
        co_return piece.error();
    }
    co_return base::Result<void>{};
}

TEST_P(Streams, EndWhenNothingArrives) {
    Rig rig;
    const auto ended = rig.run(idle_out(rig.client(), url("/hold")));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, ErrorCode::kDeadlineExceeded);
    EXPECT_TRUE(rig.run(await_active(rig.client(), 0)));
}

TEST_P(Streams, ObeyTheDeadlineOnlyUntilTheHeader) {
    Rig rig;
    const auto late =
        rig.run(rig.client().open(http::Request{.url = url("/slow?ms=3000"), .timeout = 100ms}));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::kDeadlineExceeded);
}

base::Task<void> outlive_deadline(http::Client& client, std::string url) {
    base::SystemClock clock;
    auto stream = co_await client.open(http::Request{.url = url, .timeout = 200ms});
    if (!stream) {
        co_return stream.error();
    }
    EXPECT_TRUE(co_await clock.sleep_for(400ms));
    auto body = co_await read_all(**stream, 5'000'000);
    if (!body) {
        co_return body.error();
    }
    co_return base::Result<void>{};
}

TEST_P(Streams, OutliveTheDeadlineOfTheHeader) {
    Rig rig;
    const auto read = rig.run(outlive_deadline(rig.client(), url("/flood")));
    EXPECT_TRUE(read) << read.error().text();
}

base::Task<void> read_for_ever(http::Client& client, std::string url, base::Result<void>& outcome) {
    auto stream = co_await client.open(http::Request{.url = url});
    if (stream) {
        auto body = co_await read_all(**stream);
        outcome = body ? base::Result<void>{} : base::Result<void>(body.error());
    } else {
        outcome = stream.error();
    }
    co_return base::Result<void>{};
}

base::Task<void> cancel_reader(http::Client& client, std::string url, base::Result<void>& outcome) {
    base::SystemClock clock;
    base::TaskGroup group(co_await base::asio::this_coro::executor);
    group.spawn(read_for_ever(client, url, outcome));
    auto started = co_await await_active(client, 1);
    EXPECT_TRUE(co_await clock.sleep_for(20ms));
    group.cancel();
    auto joined = co_await group.join();
    co_return started ? joined : started;
}

TEST_P(Streams, EndByCancellation) {
    Rig rig;
    for (const char* path : {"/hold", "/flood"}) {
        base::Result<void> outcome;
        const auto ran = rig.run(cancel_reader(rig.client(), url(path), outcome));
        ASSERT_TRUE(ran) << ran.error().text();
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().code, ErrorCode::kCancelled);
        EXPECT_TRUE(rig.run(await_active(rig.client(), 0)));
    }
}

base::Task<void> destroy_under_reader(Rig& rig, std::string url, base::Result<void>& outcome) {
    auto doomed = rig.make({});
    base::TaskGroup group(co_await base::asio::this_coro::executor);
    group.spawn(read_for_ever(*doomed, url, outcome));
    auto started = co_await await_active(rig.client(), 1);
    doomed.reset();
    auto joined = co_await group.join();
    co_return started ? joined : started;
}

TEST_P(Streams, EndWhenTheClientIsDestroyed) {
    Rig rig;
    for (const char* path : {"/hold", "/flood"}) {
        base::Result<void> outcome;
        const auto ran = rig.run(destroy_under_reader(rig, url(path), outcome));
        ASSERT_TRUE(ran) << ran.error().text();
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().code, ErrorCode::kCancelled);
        EXPECT_TRUE(rig.run(await_active(rig.client(), 0)));
    }
}

TEST_P(Streams, ReportALostConnection) {
    Rig rig;
    const auto body = rig.run(read_url(rig.client(), url("/cut?after=header")));
    ASSERT_FALSE(body);
    EXPECT_EQ(body.error().code, ErrorCode::kUnavailable);
}

INSTANTIATE_TEST_SUITE_P(Over, Streams, ::testing::Values("h2", "h1"),
                         [](const ::testing::TestParamInfo<const char*>& test) {
                             return std::string(test.param);
                         });

}  // namespace
}  // namespace http_curl::testing
