// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/download.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/testing/run.hpp"
#include "io/artifact/fetch/testing/jumping_clock_double.hpp"
#include "io/artifact/fetch/testing/server_double.hpp"

namespace artifact {
namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ErrorCode;
using testing::Answer;
using Spooled = base::Result<std::shared_ptr<Spool>>;

const Error kLost{ErrorCode::kUnavailable, "the connection was lost"};

Answer status(int code, std::vector<http::Header> headers = {}) {
    return {.status = code, .headers = std::move(headers)};
}

class DownloadTest : public ::testing::Test {
protected:
    static constexpr const char* kUrl = "http://source.svc/a.tar.gz?sig=hidden";

    Spooled run(Download& download) { return base::testing::run_task(loop_, download.run()); }
    Download make(base::Duration timeout = 5min, std::size_t bytes_max = 100) {
        return {{server_, compute_, clock_, rng_, base::Logger()},
                {.archive_bytes_max = bytes_max,
                 .redirects_max = 10,
                 .deadline = clock_.steady_now() + timeout,
                 .spool_directory = "/nowhere"},
                kUrl};
    }
    // What comes of these answers.
    Spooled answered(std::deque<base::Result<Answer>> line) {
        server_.set(kUrl, std::move(line));
        server_.requests.clear();
        clock_.slept.clear();
        Download download = make();
        return run(download);
    }
    static std::string text(const Spooled& spooled) {
        if (!spooled) {
            return spooled.error().text();
        }
        const auto source = (*spooled)->read();
        return std::string(source->next().value());
    }

    boost::asio::io_context loop_;
    base::Compute compute_{1};
    testing::JumpingClockDouble clock_;
    base::Rng rng_{7};
    testing::ServerDouble server_{loop_.get_executor()};
};

TEST_F(DownloadTest, TriesAgainOnlyWhatMayPass) {
    struct Case {
        base::Result<Answer> answer;
        ErrorCode code;
        std::size_t requests;
    };
    for (const Case& row : std::vector<Case>{
             {status(500), ErrorCode::kUnavailable, 4},
             {status(502), ErrorCode::kUnavailable, 4},
             {status(503), ErrorCode::kUnavailable, 4},
             {status(429), ErrorCode::kUnavailable, 4},
             {status(408), ErrorCode::kUnavailable, 4},
             {kLost, ErrorCode::kUnavailable, 4},
             {Error{ErrorCode::kDeadlineExceeded, "silent"}, ErrorCode::kDeadlineExceeded, 4},
             {Answer{.pieces = {"abc"}, .broken = kLost}, ErrorCode::kUnavailable, 4},
             {status(400), ErrorCode::kInvalid, 1},
             {status(204), ErrorCode::kInvalid, 1},
             {status(206), ErrorCode::kInvalid, 1},
             {status(302), ErrorCode::kInvalid, 1},
             {status(416), ErrorCode::kInvalid, 1},
             {status(401), ErrorCode::kForbidden, 1},
             {status(403), ErrorCode::kForbidden, 1},
             {status(404), ErrorCode::kNotFound, 1},
             {status(410), ErrorCode::kNotFound, 1},
             {Error{ErrorCode::kForbidden, "address"}, ErrorCode::kForbidden, 1},
             {Error{ErrorCode::kLimitExceeded, "redirects"}, ErrorCode::kLimitExceeded, 1},
             {Error{ErrorCode::kInvalid, "url"}, ErrorCode::kInvalid, 1},
             {Error{ErrorCode::kCancelled, "cancelled"}, ErrorCode::kCancelled, 1},
         }) {
        const auto spooled = answered({row.answer});
        ASSERT_FALSE(spooled);
        EXPECT_EQ(spooled.error().code, row.code) << spooled.error().text();
        EXPECT_EQ(server_.requests.size(), row.requests) << spooled.error().text();
    }
}

TEST_F(DownloadTest, PausesLongerEachTime) {
    EXPECT_FALSE(answered({status(503)}));
    ASSERT_EQ(clock_.slept.size(), 3U);
    base::Duration expected = 250ms;
    for (const base::Duration slept : clock_.slept) {
        EXPECT_GE(slept, expected / 2);
        EXPECT_LE(slept, expected * 3 / 2);
        expected *= 2;
    }
    EXPECT_EQ(text(answered({status(503), kLost, status(500), Answer{.pieces = {"abc"}}})), "abc");
}

TEST_F(DownloadTest, LeavesTheServerAloneForAsLongAsItAsks) {
    EXPECT_EQ(text(answered({status(429, {{"Retry-After", "7"}}), Answer{.pieces = {"abc"}}})), "abc");
    ASSERT_EQ(clock_.slept.size(), 1U);
    EXPECT_GE(clock_.slept[0], 7s);
    EXPECT_LT(clock_.slept[0], 8s);
    EXPECT_FALSE(answered({status(503, {{"Retry-After", "31"}}), Answer{.pieces = {"abc"}}}));
    EXPECT_EQ(server_.requests.size(), 1U) << "longer than a run should wait";
    EXPECT_TRUE(answered({status(503, {{"Retry-After", "30"}}), Answer{.pieces = {"abc"}}}));
    EXPECT_FALSE(answered({status(503, {{"Retry-After", "Tue, 01 Jan 2999 00:00:00 GMT"}})}));
    EXPECT_EQ(server_.requests.size(), 1U);
    EXPECT_TRUE(answered({status(503, {{"Retry-After", "soon"}}), Answer{.pieces = {"abc"}}}));
    EXPECT_LT(clock_.slept[0], 1s);
}

TEST_F(DownloadTest, BeginsNoAttemptThatCannotEndInTime) {
    server_.set(kUrl, {status(503)});
    Download download = make(1s);
    const auto spooled = run(download);
    EXPECT_EQ(text(spooled), "the server answered 503") << "the cause, not the time";
    EXPECT_LT(server_.requests.size(), 4U);
}

TEST_F(DownloadTest, GoesOnWhereItBrokeOff) {
    const auto spooled = answered({
        Answer{.headers = {{"ETag", "\"v1\""}}, .pieces = {"ab", "c"}, .broken = kLost},
        status(503),
        Answer{
            .status = 206, .headers = {{"Content-Range", "bytes 3-4/6"}}, .pieces = {"de"}, .broken = kLost},
        Answer{.status = 206,
               .headers = {{"Content-Range", "bytes 3-5/6"}, {"ETag", "\"v1\""}},
               .pieces = {"def"}},
    });
    ASSERT_FALSE(spooled) << "4 is not the end of 6 bytes";
    const auto better = answered({
        Answer{.headers = {{"ETag", "\"v1\""}}, .pieces = {"ab", "c"}, .broken = kLost},
        status(503),
        Answer{
            .status = 206, .headers = {{"Content-Range", "bytes 3-5/6"}}, .pieces = {"d"}, .broken = kLost},
        Answer{.status = 206,
               .headers = {{"Content-Range", "bytes 4-5/6"}, {"ETag", "\"v1\""}},
               .pieces = {"ef"}},
    });
    EXPECT_EQ(text(better), "abcdef");
    EXPECT_EQ(server_.header(0, "Range"), "");
    EXPECT_EQ(server_.header(1, "Range"), "bytes=3-");
    EXPECT_EQ(server_.header(1, "If-Range"), "\"v1\"");
    EXPECT_EQ(server_.header(3, "Range"), "bytes=4-");
}

TEST_F(DownloadTest, BeginsAnewWhenItCannotGoOn) {
    const Answer broken{.headers = {{"ETag", "\"v1\""}}, .pieces = {"abc"}, .broken = kLost};
    const Answer whole{.headers = {{"ETag", "\"v2\""}}, .pieces = {"ABCDEF"}};
    EXPECT_EQ(text(answered({broken, whole})), "ABCDEF") << "a 200 is the whole";
    EXPECT_EQ(server_.requests.size(), 2U);
    for (const Answer& useless : {
             Answer{.status = 206, .headers = {{"Content-Range", "bytes 2-5/6"}}, .pieces = {"cdef"}},
             Answer{.status = 206,
                    .headers = {{"Content-Range", "bytes 3-5/6"}, {"ETag", "\"v2\""}},
                    .pieces = {"DEF"}},
             Answer{.status = 206, .headers = {}, .pieces = {"def"}},
             status(416),
         }) {
        EXPECT_EQ(text(answered({broken, useless, whole})), "ABCDEF");
        EXPECT_EQ(server_.header(2, "Range"), "");
    }
}

TEST_F(DownloadTest, WithoutAValidatorItStillGoesOn) {
    Download download = make();
    server_.set(kUrl,
                {Answer{.pieces = {"abc"}, .broken = kLost},
                 Answer{.status = 206, .headers = {{"Content-Range", "bytes 3-5/6"}}, .pieces = {"def"}}});
    EXPECT_EQ(text(run(download)), "abcdef");
    EXPECT_EQ(server_.header(1, "If-Range"), "");
    EXPECT_TRUE(download.was_resumed()) << "the digest has to tell whether the parts fit";

    download.take_whole_only();
    server_.requests.clear();
    server_.set(kUrl, {Answer{.pieces = {"abc"}, .broken = kLost}, Answer{.pieces = {"uvwxyz"}}});
    EXPECT_EQ(text(run(download)), "uvwxyz");
    EXPECT_EQ(server_.header(1, "Range"), "");
    EXPECT_FALSE(download.was_resumed());
}

TEST_F(DownloadTest, TakesExactlyWhatIsAllowed) {
    EXPECT_EQ(text(answered({Answer{.pieces = {std::string(60, 'x'), std::string(40, 'x')}}})),
              std::string(100, 'x'));
    for (const Answer& too_long : {
             Answer{.pieces = {std::string(60, 'x'), std::string(41, 'x')}},
             Answer{.headers = {{"Content-Length", "101"}}, .pieces = {"x"}},
         }) {
        const auto spooled = answered({too_long});
        ASSERT_FALSE(spooled);
        EXPECT_EQ(spooled.error().code, ErrorCode::kLimitExceeded);
        EXPECT_EQ(spooled.error().text(), "the archive is longer than 100 bytes");
    }
    const Answer sixty{.pieces = {std::string(60, 'x')}, .broken = kLost};
    EXPECT_TRUE(
        answered({sixty, Answer{.status = 206,
                                .headers = {{"Content-Range", "bytes 60-99/100"}, {"Content-Length", "40"}},
                                .pieces = {std::string(40, 'x')}}}));
    EXPECT_EQ(answered({sixty,
                        Answer{.status = 206,
                               .headers = {{"Content-Range", "bytes 60-100/101"}, {"Content-Length", "41"}}}})
                  .error()
                  .code,
              ErrorCode::kLimitExceeded);
}

TEST_F(DownloadTest, BoundsSilenceAndRedirects) {
    EXPECT_TRUE(answered({Answer{}}));
    EXPECT_EQ(server_.requests[0].timeout, Download::kSilenceMax);
    EXPECT_EQ(server_.requests[0].idle_timeout, Download::kSilenceMax);
    EXPECT_EQ(server_.requests[0].redirects_max, 10);
    EXPECT_EQ(server_.requests[0].bearer, nullptr);
}

}  // namespace
}  // namespace artifact
