// SPDX-License-Identifier: 0BSD
#include <gtest/gtest.h>

#include "io/http/curl/curl_client.hpp"
#include "io/http/curl/testing/script.hpp"
#include "io/http/server/testing/loopback.hpp"

namespace http_curl::testing {
namespace {

using base::ErrorCode;
using http::testing::Loopback;
using namespace std::chrono_literals;

base::Task<http::ServerResponse> echo(http::ServerRequest request) {
    co_return http::ServerResponse{.body = request.method + " " +
                                           std::string(request.header("Authorization")) + " " + request.body};
}

base::Task<http::ServerResponse> place(int status, std::string location) {
    co_return http::ServerResponse{.status = status, .headers = {{"Location", location}}};
}

base::Task<http::ServerResponse> bytes(std::size_t count) {
    co_return http::ServerResponse{.body = std::string(count, 'x')};
}

base::Task<http::ServerResponse> wait_a_while(base::Duration duration, int& now, int& most) {
    base::SystemClock clock;
    most = std::max(most, ++now);
    auto slept = co_await clock.sleep_for(duration);
    --now;
    if (!slept) {
        co_return slept.error();
    }
    co_return http::ServerResponse{.body = "late"};
}

struct Seen {
    int now = 0;
    int most = 0;
};

http::Router routes(Seen& seen) {
    http::Router router;
    router.add({}, "/echo", echo);
    router.add({}, "/hundred", [](const http::ServerRequest&) { return bytes(100); });
    router.add({}, "/loop", [](const http::ServerRequest&) { return place(302, "/loop"); });
    router.add({}, "/to/",
               [](const http::ServerRequest& r) { return place(302, http::percent_decode(r.query)); });
    router.add({}, "/to307",
               [](const http::ServerRequest& r) { return place(307, http::percent_decode(r.query)); });
    router.add({}, "/slow",
               [&seen](const http::ServerRequest&) { return wait_a_while(50ms, seen.now, seen.most); });
    router.add({}, "/stuck",
               [&seen](const http::ServerRequest&) { return wait_a_while(1h, seen.now, seen.most); });
    return router;
}

base::Task<void> store(http::Client& client, http::Request request, base::Result<http::Response>& result) {
    result = co_await client.send(std::move(request));
    co_return base::Result<void>{};
}

// A server with the routes above and a client for it.
class HttpClient : public ::testing::Test {
protected:
    HttpClient() {
        http::ServerOptions options;
        options.address = "0.0.0.0:0";
        options.stop_timeout = 20ms;
        loopback_ = std::make_unique<Loopback>(routes(seen_), std::move(options));
        client_ = make({});
    }
    std::unique_ptr<http::Client> make(http::ClientOptions options) {
        options.no_proxy = options.proxy.empty();
        return http::make_curl_client(loopback_->loop().get_executor(), std::move(options));
    }
    base::Result<http::Response> send(http::Request request) {
        base::Result<http::Response> result = base::cancelled_error();
        EXPECT_TRUE(loopback_->serve(store(*client_, std::move(request), result)));
        return result;
    }
    base::Result<http::Response> get(const std::string& path) {
        return send(http::Request{.url = loopback_->url(path), .redirects_max = 10});
    }
    base::Result<http::Response> answered_with(std::string answer, http::Request request = {}) {
        Script script(loopback_->loop().get_executor());
        request.url = script.url("/");
        base::Result<http::Response> result = base::cancelled_error();
        EXPECT_TRUE(base::testing::run_task<void>(
            loopback_->loop(), play_beside(script, std::move(answer), *client_, request, result)));
        return result;
    }
    static base::Task<void> play_beside(Script& script, std::string answer, http::Client& client,
                                        http::Request request, base::Result<http::Response>& result) {
        base::TaskGroup group(co_await base::asio::this_coro::executor);
        group.spawn(script.play({std::move(answer)}));
        result = co_await client.send(std::move(request));
        group.cancel();
        const auto ended = co_await group.join();
        static_cast<void>(ended);
        co_return base::Result<void>{};
    }

    Seen seen_;
    std::unique_ptr<Loopback> loopback_;
    std::unique_ptr<http::Client> client_;
};

struct Answer {
    const char* name;
    std::string bytes;
    // Either a status and body, or an error.
    int status;
    std::string body;
    ErrorCode code = ErrorCode::kInternal;
};

class Answers : public HttpClient, public ::testing::WithParamInterface<Answer> {};

TEST_P(Answers, AreTakenOrRefused) {
    const Answer& expected = GetParam();
    const auto response = answered_with(expected.bytes);
    ASSERT_EQ(response.has_value(), expected.status != 0)
        << (response ? response->body : response.error().text());
    if (response) {
        EXPECT_EQ(response->status, expected.status);
        EXPECT_EQ(response->body, expected.body);
    } else {
        EXPECT_EQ(response.error().code, expected.code) << response.error().text();
        EXPECT_NE(response.error().text().find("127.0.0.1:"), std::string::npos) << response.error().text();
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Answers,
    ::testing::Values(
        Answer{"Length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc"},
        Answer{"UntilTheEnd", "HTTP/1.1 200 OK\r\n\r\nabc", 200, "abc"},
        Answer{
            "Chunked",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nT: x\r\n\r\n",
            200, "abcde"},
        Answer{"Informational",
               "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
               201, ""},
        Answer{"NoContent", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
        Answer{"ServerError", "HTTP/1.1 503 Busy\r\nContent-Length: 1\r\n\r\nx", 503, "x"},
        Answer{"Nothing", "", 0, "", ErrorCode::kUnavailable},
        Answer{"CutInHeader", "HTTP/1.1 200 OK\r\nContent-Le", 0, "", ErrorCode::kUnavailable},
        Answer{"CutInBody", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", 0, "",
               ErrorCode::kUnavailable},
        Answer{"CutInChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", 0, "",
               ErrorCode::kUnavailable},
        Answer{"BadChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc", 0, "",
               ErrorCode::kUnavailable},
        Answer{"NotHttp", "220 mail.example ESMTP\r\n", 0, "", ErrorCode::kUnavailable},
        Answer{"BadLength", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", 0, "",
               ErrorCode::kUnavailable},
        Answer{"ManyHeaders",
               "HTTP/1.1 200 OK\r\n" +
                   [] {
                       std::string lines;
                       for (int i = 0; i < 300; ++i) {
                           lines += "X" + std::to_string(i) + ": " + std::string(1000, 'x') + "\r\n";
                       }
                       return lines;
                   }() +
                   "\r\n",
               0, "", ErrorCode::kLimitExceeded}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(HttpClient, GivesHeadersTrimmedAndByAnyCase) {
    const auto response = answered_with(
        "HTTP/1.1 200 OK\r\nx-One:  a b \t\r\nX-Two:\r\nX-ONE: second\r\nContent-Length: 0\r\n\r\n");
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_EQ(response->header("X-One"), "a b");
    EXPECT_EQ(response->header("X-Two"), "");
    EXPECT_EQ(response->headers.size(), 4U);
}

TEST_F(HttpClient, NamesHostAndCauseWhenNobodyListens) {
    const Script unheard(loopback_->loop().get_executor());
    const std::string free_port = std::to_string([&] {
        boost::asio::ip::tcp::acceptor closed(loopback_->loop(),
                                              {boost::asio::ip::address_v4::loopback(), 0});
        return closed.local_endpoint().port();
    }());
    const auto response = send(http::Request{.url = "http://127.0.0.1:" + free_port + "/"});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(response.error().message, "cannot connect to 127.0.0.1:" + free_port + ": Connection refused");
}

TEST_F(HttpClient, NamesTheHostThatHasNoAddress) {
    const auto response = send(http::Request{.url = "http://nothing.invalid/", .timeout = 20s});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(response.error().message, "cannot resolve the name of nothing.invalid:80");
}

TEST_F(HttpClient, RefusesRequestsThatCannotBeSent) {
    const std::string url = loopback_->url("/echo");
    EXPECT_EQ(send({.url = "no url"}).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(send({.url = "ftp://127.0.0.1/"}).error().code, ErrorCode::kForbidden);
    EXPECT_EQ(send({.url = "http://127.0.0.1:99999/"}).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(send({.method = "GET / HTTP/1.1\r\nX:", .url = url}).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(send({.method = "", .url = url}).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(send({.url = url, .headers = {{"A", "b\r\nC: d"}}}).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(send({.url = url, .headers = {{"A:b", "c"}}}).error().code, ErrorCode::kInvalid);
    EXPECT_TRUE(get("/echo")) << "a refused request leaves nothing behind";
}

TEST_F(HttpClient, EndsAtTheDeadline) {
    const base::SystemClock clock;
    const auto start = clock.steady_now();
    const auto response = send({.url = loopback_->url("/stuck"), .timeout = 100ms});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kDeadlineExceeded);
    EXPECT_NE(response.error().message.find("within 0.1 s"), std::string::npos) << response.error().message;
    EXPECT_LT(clock.steady_now() - start, 5s);
}

TEST_F(HttpClient, BoundsTheBody) {
    EXPECT_TRUE(send({.url = loopback_->url("/hundred"), .body_bytes_max = 100}));
    const auto response = send({.url = loopback_->url("/hundred"), .body_bytes_max = 99});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kLimitExceeded);
    EXPECT_NE(response.error().message.find("longer than 99 bytes"), std::string::npos)
        << response.error().message;
}

TEST_F(HttpClient, ReturnsARedirectWhenItMayNotFollow) {
    const auto response = send({.url = loopback_->url("/loop")});
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 302);
}

TEST_F(HttpClient, BoundsRedirects) {
    const auto response = get("/loop");
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kLimitExceeded);
    EXPECT_NE(response.error().message.find("more than 10 times"), std::string::npos)
        << response.error().message;
}

TEST_F(HttpClient, KeepsTheTokenFromOtherHosts) {
    const auto bearer = std::make_shared<base::Secret>("token");
    const std::string there = loopback_->url("/echo");
    std::string elsewhere = there;
    elsewhere.replace(elsewhere.find("127.0.0.1"), 9, "127.0.0.2");
    for (const auto& [to, expected] :
         {std::pair{there, "GET Bearer token "}, std::pair{elsewhere, "GET  "}}) {
        const auto response =
            send({.url = loopback_->url("/to/?" + to), .bearer = bearer, .redirects_max = 1});
        ASSERT_TRUE(response) << response.error().text();
        EXPECT_EQ(response->body, expected);
    }
}

TEST_F(HttpClient, RepeatsTheBodyWhereTheRedirectSaysSo) {
    const auto kept =
        send({.method = "POST", .url = loopback_->url("/to307?/echo"), .body = "b", .redirects_max = 1});
    ASSERT_TRUE(kept) << kept.error().text();
    EXPECT_EQ(kept->body, "POST  b");
    const auto changed =
        send({.method = "POST", .url = loopback_->url("/to/?/echo"), .body = "b", .redirects_max = 1});
    ASSERT_TRUE(changed) << changed.error().text();
    EXPECT_EQ(changed->body, "GET  ");
}

TEST_F(HttpClient, FollowsNoRedirectOutOfHttp) {
    const auto response = get("/to/?file:///etc/passwd");
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kForbidden);
}

base::Task<void> ask_in_turn(http::Client& client, std::vector<std::string> urls,
                             std::vector<base::Result<http::Response>>& results) {
    for (const std::string& url : urls) {
        results.push_back(co_await client.send(http::Request{.url = url, .redirects_max = 1}));
    }
    co_return base::Result<void>{};
}

TEST_F(HttpClient, AsksTheFilterAtEachDial) {
    std::vector<std::string> asked;
    http::ClientOptions options;
    options.connect_filter = [&asked](std::string_view address) {
        asked.emplace_back(address);
        return address != "127.0.0.2";
    };
    client_ = make(std::move(options));
    const std::string port = std::to_string(loopback_->port());
    std::vector<base::Result<http::Response>> results;
    ASSERT_TRUE(loopback_->serve(ask_in_turn(*client_,
                                             {loopback_->url("/echo"), loopback_->url("/echo"),
                                              loopback_->url("/to/?http://127.0.0.2:" + port + "/echo")},
                                             results)));
    EXPECT_TRUE(results[0] && results[1]);
    ASSERT_FALSE(results[2]);
    EXPECT_EQ(results[2].error().code, ErrorCode::kForbidden);
    EXPECT_EQ(results[2].error().message, "connecting to 127.0.0.2 (127.0.0.2:" + port + ") is not allowed");
    EXPECT_EQ(asked, (std::vector<std::string>{"127.0.0.1", "127.0.0.2"}))
        << "one connection serves all three requests";
}

TEST_F(HttpClient, ShowsTheFilterWrappedAddressesAsV4) {
    http::ClientOptions options;
    options.connect_filter = [](std::string_view address) { return address != "127.0.0.2"; };
    client_ = make(std::move(options));
    for (const char* spelling : {"[::ffff:127.0.0.2]", "127.2", "2130706434", "0x7f000002"}) {
        const auto response = send(
            {.url = "http://" + std::string(spelling) + ":" + std::to_string(loopback_->port()) + "/echo"});
        ASSERT_FALSE(response) << spelling;
        EXPECT_EQ(response.error().code, ErrorCode::kForbidden) << spelling;
        EXPECT_NE(response.error().message.find("connecting to 127.0.0.2 "), std::string::npos)
            << response.error().message;
    }
}

TEST_F(HttpClient, SendsThroughTheProxyOfItsOptions) {
    http::ClientOptions options;
    options.proxy = loopback_->url("");
    client_ = make(std::move(options));
    // The proxy is the test's server, which knows no such place: its 404 proves that it was asked.
    const auto plain = send({.url = "http://nothing.invalid/echo"});
    ASSERT_TRUE(plain) << plain.error().text();
    EXPECT_EQ(plain->status, 404);
    const auto tunnelled = send({.url = "https://nothing.invalid/echo"});
    ASSERT_FALSE(tunnelled);
    EXPECT_EQ(tunnelled.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(tunnelled.error().message.find("through proxy 127.0.0.1:"), std::string::npos)
        << tunnelled.error().message;
}

base::Task<void> ask_all(http::Client& client, std::string url, int count,
                         std::vector<base::Result<http::Response>>& results) {
    base::TaskGroup group(co_await base::asio::this_coro::executor);
    results.assign(static_cast<std::size_t>(count), base::cancelled_error());
    for (auto& result : results) {
        group.spawn(store(client, http::Request{.url = url, .timeout = 20s}, result));
    }
    co_return co_await group.join();
}

TEST_F(HttpClient, SharesFewConnectionsOverHttp1) {
    http::ClientOptions options;
    options.connections_per_host_max = 2;
    client_ = make(std::move(options));
    std::vector<base::Result<http::Response>> results;
    ASSERT_TRUE(loopback_->serve(ask_all(*client_, loopback_->url("/slow"), 10, results)));
    for (const auto& result : results) {
        EXPECT_TRUE(result) << result.error().text();
    }
    EXPECT_EQ(seen_.most, 2);
}

base::Task<void> ask_and_cancel(http::Client& client, std::string url, Seen& seen,
                                base::Result<http::Response>& result) {
    base::SystemClock clock;
    base::TaskGroup group(co_await base::asio::this_coro::executor);
    group.spawn(store(client, http::Request{.url = url}, result));
    while (seen.now == 0) {
        EXPECT_TRUE(co_await clock.sleep_for(5ms));
    }
    group.cancel();
    auto joined = co_await group.join();
    // The connection is still good for others, or replaced.
    base::Result<http::Response> next = base::cancelled_error();
    auto stored = co_await store(client, http::Request{.url = url.substr(0, url.rfind('/')) + "/echo"}, next);
    EXPECT_TRUE(next);
    co_return joined ? stored : joined;
}

TEST_F(HttpClient, EndsByCancellation) {
    base::Result<http::Response> result;
    ASSERT_TRUE(loopback_->serve(ask_and_cancel(*client_, loopback_->url("/stuck"), seen_, result)));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

base::Task<void> sleep_then_ask(http::Client& client, std::string url, base::Result<http::Response>& result) {
    base::SystemClock clock;
    EXPECT_FALSE(co_await clock.sleep_for(1h));
    result = co_await client.send(http::Request{.url = url});
    co_return base::Result<void>{};
}

base::Task<void> ask_cancelled(http::Client& client, std::string url, base::Result<http::Response>& result) {
    base::SystemClock clock;
    base::TaskGroup group(co_await base::asio::this_coro::executor);
    group.spawn(sleep_then_ask(client, url, result));
    EXPECT_TRUE(co_await clock.sleep_for(5ms));
    group.cancel();
    co_return co_await group.join();
}

TEST_F(HttpClient, SendsNothingForACancelledTask) {
    base::Result<http::Response> result;
    ASSERT_TRUE(loopback_->serve(ask_cancelled(*client_, loopback_->url("/slow"), result)));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
    EXPECT_EQ(seen_.most, 0);
}

base::Task<void> ask_and_destroy(std::unique_ptr<http::Client>& client, std::string url, Seen& seen,
                                 base::Result<http::Response>& result) {
    base::SystemClock clock;
    base::TaskGroup group(co_await base::asio::this_coro::executor);
    group.spawn(store(*client, http::Request{.url = url}, result));
    while (seen.now == 0) {
        EXPECT_TRUE(co_await clock.sleep_for(5ms));
    }
    auto never_started = client->send(http::Request{.url = url});
    client.reset();
    auto late = co_await std::move(never_started);
    EXPECT_EQ(late.error().code, ErrorCode::kCancelled);
    co_return co_await group.join();
}

TEST_F(HttpClient, EndsRequestsWhenItIsDestroyed) {
    base::Result<http::Response> result;
    ASSERT_TRUE(loopback_->serve(ask_and_destroy(client_, loopback_->url("/stuck"), seen_, result)));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

// A loop that is torn down destroys waiting tasks without resuming them; the client may go before or after.
TEST_F(HttpClient, MayBeAbandonedWithItsLoop) {
    auto loop = std::make_unique<boost::asio::io_context>(1);
    auto client = http::make_curl_client(loop->get_executor(), http::ClientOptions{.no_proxy = true});
    base::Result<http::Response> result;
    auto group = std::make_unique<base::TaskGroup>(loop->get_executor());
    group->spawn(store(*client, http::Request{.url = loopback_->url("/stuck")}, result));
    loop->run_for(50ms);
    client.reset();
    loop->run();
    group.reset();
    loop.reset();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace http_curl::testing
