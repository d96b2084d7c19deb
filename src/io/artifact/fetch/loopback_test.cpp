// SPDX-License-Identifier: 0BSD
// The fetcher on the real HTTP client, against a server on loopback: what only the two together can show.
#include <deque>
#include <functional>
#include <map>
#include <string>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/testing/run.hpp"
#include "io/artifact/fetch/http_fetcher.hpp"
#include "io/artifact/fetch/testing/archive_builder.hpp"
#include "io/artifact/fetch/testing/jumping_clock_double.hpp"
#include "io/http/curl/curl_client.hpp"

namespace artifact {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::ErrorCode;
using base::Result;
using Tree = std::shared_ptr<const FileTree>;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

// Answers each connection's only request with the bytes of its path; an answer for "/endless" never ends.
class Server {
public:
    explicit Server(asio::io_context& loop)
        : acceptor_(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), group_(loop.get_executor()) {
        group_.spawn(accept());
    }
    std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + path;
    }
    base::Task<void> stop() {
        acceptor_.close();
        group_.cancel();
        co_return co_await group_.join();
    }
    void answer(const std::string& path, const std::string& status, const std::string& body,
                const std::string& headers = "") {
        answers_[path] = "HTTP/1.1 " + status +
                         "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
                         headers + "\r\n" + body;
    }
    void answer_raw(const std::string& path, std::string bytes) { answers_[path] = std::move(bytes); }
    const std::vector<std::string>& paths() const { return paths_; }
    const std::vector<std::string>& requests() const { return requests_; }

private:
    base::Task<void> accept() {
        while (true) {
            auto [error, socket] = co_await acceptor_.async_accept(kToken);
            if (error) {
                co_return base::cancelled_error();
            }
            group_.spawn(serve(std::move(socket)));
        }
    }
    base::Task<void> serve(tcp::socket socket) {
        std::string request;
        auto [read_error, size] =
            co_await asio::async_read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n", kToken);
        if (read_error) {
            co_return Result<void>{};
        }
        const std::size_t start = request.find(' ') + 1;
        const std::string path = request.substr(start, request.find(' ', start) - start);
        paths_.push_back(path);
        requests_.push_back(request);
        const std::string bytes = answers_.contains(path)
                                      ? answers_.at(path)
                                      : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
        auto [error, written] = co_await asio::async_write(socket, asio::buffer(bytes), kToken);
        while (!error && path == "/endless") {
            const std::string piece(std::size_t{64} << 10U, 'x');
            auto [piece_error, piece_size] = co_await asio::async_write(socket, asio::buffer(piece), kToken);
            error = piece_error;
        }
        while (!error && path == "/silent") {
            auto [wait_error] = co_await socket.async_wait(tcp::socket::wait_read, kToken);
            error = wait_error ? wait_error : asio::error::eof;
        }
        co_return Result<void>{};
    }

    tcp::acceptor acceptor_;
    base::TaskGroup group_;
    std::map<std::string, std::string> answers_;
    std::vector<std::string> paths_;
    std::vector<std::string> requests_;
};

class LoopbackTest : public ::testing::Test {
protected:
    static base::Task<Tree> fetch_and_stop(HttpFetcher& fetcher, Server& server, ArtifactRef ref) {
        auto tree = co_await fetcher.fetch(std::move(ref));
        (void)co_await fetcher.close();
        (void)co_await server.stop();
        co_return tree;
    }
    // Ends the server too: one fetch a test.
    Result<Tree> fetch(const std::string& path, HttpFetcherOptions options, bool dials_loopback = true) {
        return fetch(path, std::move(options), dials_loopback, jumping_);
    }
    Result<Tree> fetch(const std::string& path, HttpFetcherOptions options, bool dials_loopback,
                       base::Clock& clock) {
        options.allow_loopback = true;
        const auto client = http::make_curl_client(loop_.get_executor(), http_options(dials_loopback));
        HttpFetcher fetcher({*client, compute_, clock, rng_, base::Logger()}, loop_.get_executor(), options);
        return base::testing::run_task(
            loop_, fetch_and_stop(fetcher, server_, {server_.url(path), base::sha256(archive_).text()}));
    }

    const std::string archive_ = testing::ArchiveBuilder().file("a.yaml", std::string(200'000, 'x')).tar_gz();
    asio::io_context loop_{1};
    base::Compute compute_{1};
    base::Rng rng_{7};
    base::SystemClock clock_;
    testing::JumpingClockDouble jumping_;
    Server server_{loop_};
};

TEST_F(LoopbackTest, FetchesAnArchive) {
    server_.answer("/a.tar.gz", "200 OK", archive_);
    const auto tree = fetch("/a.tar.gz", {});
    ASSERT_TRUE(tree) << tree.error().text();
    EXPECT_EQ((*tree)->files.at("a.yaml").size(), 200'000U);
}

TEST_F(LoopbackTest, FollowsRedirects) {
    server_.answer("/old", "302 Found", "", "Location: /a.tar.gz\r\n");
    server_.answer("/a.tar.gz", "200 OK", archive_);
    const auto tree = fetch("/old", {});
    ASSERT_TRUE(tree) << tree.error().text();
    EXPECT_EQ(server_.paths(), (std::vector<std::string>{"/old", "/a.tar.gz"}));
}

TEST_F(LoopbackTest, EndsRedirectsThatGoInCircles) {
    server_.answer("/circle", "302 Found", "", "Location: /circle\r\n");
    const auto tree = fetch("/circle", {});
    ASSERT_FALSE(tree);
    EXPECT_EQ(tree.error().code, ErrorCode::kLimitExceeded) << tree.error().text();
    EXPECT_EQ(server_.paths().size(), 11U) << "the first request and ten redirects";
}

TEST_F(LoopbackTest, ARedirectCannotLeaveHttp) {
    server_.answer("/file", "302 Found", "", "Location: file:///etc/passwd\r\n");
    const auto tree = fetch("/file", {});
    ASSERT_FALSE(tree);
    EXPECT_EQ(tree.error().code, ErrorCode::kForbidden) << tree.error().text();
}

TEST_F(LoopbackTest, EachDialIsJudgedWhateverTheUrlSays) {
    server_.answer("/a.tar.gz", "200 OK", archive_);
    const auto tree = fetch("/a.tar.gz", {}, false);
    ASSERT_FALSE(tree);
    EXPECT_EQ(tree.error().code, ErrorCode::kForbidden) << tree.error().text();
    EXPECT_TRUE(server_.paths().empty());
}

TEST_F(LoopbackTest, StopsBodiesThatNeverEnd) {
    server_.answer_raw("/endless", "HTTP/1.1 200 OK\r\n\r\n");
    HttpFetcherOptions options;
    options.limits.compressed_bytes_max = std::size_t{1} << 20U;
    const auto tree = fetch("/endless", options);
    ASSERT_FALSE(tree);
    EXPECT_EQ(tree.error().code, ErrorCode::kLimitExceeded) << tree.error().text();
}

TEST_F(LoopbackTest, StopsServersThatFallSilent) {
    server_.answer_raw("/silent", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
    HttpFetcherOptions options;
    options.timeout = std::chrono::milliseconds(200);
    const auto tree = fetch("/silent", options, true, clock_);
    ASSERT_FALSE(tree);
    EXPECT_EQ(tree.error().code, ErrorCode::kDeadlineExceeded) << tree.error().text();
}

TEST_F(LoopbackTest, ABodyThatIsCutOffIsAskedForAgain) {
    server_.answer_raw("/cut", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
    const auto tree = fetch("/cut", {});
    ASSERT_FALSE(tree);
    EXPECT_EQ(tree.error().code, ErrorCode::kUnavailable) << tree.error().text();
    ASSERT_EQ(server_.requests().size(), 4U);
    EXPECT_EQ(server_.requests()[0].find("Range"), std::string::npos);
    EXPECT_NE(server_.requests()[1].find("Range: bytes=3-\r\n"), std::string::npos)
        << "what came before it broke is kept, also when it came together with the break";
}

}  // namespace
}  // namespace artifact
