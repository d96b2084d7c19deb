// SPDX-License-Identifier: 0BSD
#include "io/http/server/server.hpp"

#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "io/http/curl/curl_client.hpp"
#include "io/http/server/testing/loopback.hpp"

namespace http::testing {
namespace {

using base::ErrorCode;
using namespace std::chrono_literals;

base::Task<ServerResponse> echo(ServerRequest request) {
    std::string text = request.method + " " + request.path + "?" + request.query + " " +
                       std::string(request.header("X-Word")) + " " + request.body;
    co_return ServerResponse{.body = text, .headers = {{"X-Seen", "yes"}}};
}

base::Task<ServerResponse> slow(base::Duration duration) {
    base::SystemClock clock;
    auto slept = co_await clock.sleep_for(duration);
    if (!slept) {
        co_return slept.error();
    }
    co_return ServerResponse{.body = "finished"};
}

base::Task<ServerResponse> fail() { co_return base::Error{ErrorCode::kInternal, "secret cause"}; }

Router routes() {
    Router router;
    router.add({}, "/echo", echo);
    router.add({}, "/slow", [](const ServerRequest&) { return slow(200ms); });
    router.add({}, "/stuck", [](const ServerRequest&) { return slow(1h); });
    router.add({}, "/fail", [](const ServerRequest&) { return fail(); });
    return router;
}

// Each test talks in bytes: `sent`, and what must stand in the answer.
struct Case {
    const char* name;
    std::string sent;
    std::vector<std::string> expected;
};

class Bytes : public ::testing::TestWithParam<Case> {};

base::Task<void> store_exchange(std::uint16_t port, std::string bytes, std::string& answer) {
    auto got = co_await exchange_bytes(port, bytes);
    if (!got) {
        co_return got.error();
    }
    answer = *got;
    co_return base::Result<void>{};
}

ServerOptions small_limits() {
    ServerOptions options;
    options.header_timeout = 100ms;
    options.body_timeout = 150ms;
    options.idle_timeout = 200ms;
    options.header_bytes_max = 1024;
    options.body_bytes_max = 100;
    return options;
}

TEST_P(Bytes, AreAnswered) {
    Loopback loopback(routes(), small_limits());
    std::string answer;
    const auto served = loopback.serve(store_exchange(loopback.port(), GetParam().sent, answer));
    ASSERT_TRUE(served) << served.error().text();
    if (GetParam().expected.empty()) {
        EXPECT_EQ(answer, "");
    }
    for (const std::string& expected : GetParam().expected) {
        EXPECT_NE(answer.find(expected), std::string::npos) << "answer: " << answer;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Bytes,
    ::testing::Values(
        Case{"Get",
             "GET /echo?a=1 HTTP/1.1\r\nHost: x\r\nx-word: w\r\nConnection: close\r\n\r\n",
             {"HTTP/1.1 200 OK\r\n", "Content-Type: text/plain; charset=utf-8\r\n", "X-Seen: yes\r\n",
              "\r\n\r\nGET /echo?a=1 w "}},
        Case{"Body",
             "POST /echo HTTP/1.1\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
             {"\r\n\r\nPOST /echo?  abc"}},
        Case{"ChunkedBody",
             "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: "
             "close\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
             {"POST /echo?  abc"}},
        Case{"Http10Closes", "GET /echo HTTP/1.0\r\n\r\n", {"HTTP/1.0 200 OK\r\n"}},
        Case{"SeveralRequestsOnOneConnection",
             "GET /echo?1 HTTP/1.1\r\n\r\nGET /echo?2 HTTP/1.1\r\nConnection: close\r\n\r\n",
             {"GET /echo?1", "GET /echo?2", "Connection: close"}},
        Case{"HeadHasNoBody",
             "HEAD /echo HTTP/1.1\r\nConnection: close\r\n\r\n",
             {"200 OK", "Content-Length: 13\r\n"}},
        Case{"UnknownPath",
             "GET /nothing HTTP/1.1\r\nConnection: close\r\n\r\n",
             {"404 Not Found", "404 page not found\n"}},
        Case{"HandlerError",
             "GET /fail HTTP/1.1\r\nConnection: close\r\n\r\n",
             {"500 Internal", "internal server error\n"}},
        Case{"NotHttp", "hello\r\n\r\n", {"400 Bad Request", "Connection: close"}},
        Case{"HeaderTooLarge", "GET /echo HTTP/1.1\r\nX: " + std::string(5000, 'x') + "\r\n\r\n", {"431 "}},
        Case{"BodyTooLarge",
             "POST /echo HTTP/1.1\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'x'),
             {"413 "}},
        Case{"ChunkedBodyTooLarge",
             "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n100\r\n" + std::string(256, 'x') +
                 "\r\n0\r\n\r\n",
             {"413 "}},
        Case{"HeaderTooSlow", "GET /echo HTT", {}},
        Case{"BodyTooSlow", "POST /echo HTTP/1.1\r\nContent-Length: 9\r\n\r\nab", {}},
        Case{"NothingSent", "", {}},
        Case{"IdleAfterARequest", "GET /echo?idle HTTP/1.1\r\n\r\n", {"GET /echo?idle"}}),
    [](const auto& test) { return std::string(test.param.name); });

base::Task<void> stop_during(Loopback& loopback, std::string path, base::Result<std::string>& answer,
                             base::Duration& took) {
    base::SystemClock clock;
    base::TaskGroup server(co_await asio::this_coro::executor);
    base::TaskGroup idler(co_await asio::this_coro::executor);
    server.spawn(loopback.server().run());
    std::string idle_answer;
    idler.spawn(store_exchange(loopback.port(), "", idle_answer));
    std::string text;
    base::TaskGroup asker(co_await asio::this_coro::executor);
    asker.spawn(store_exchange(loopback.port(), "GET " + path + " HTTP/1.1\r\n\r\n", text));
    EXPECT_TRUE(co_await clock.sleep_for(50ms));
    const auto start = clock.steady_now();
    server.cancel();
    EXPECT_TRUE(co_await server.join());
    took = clock.steady_now() - start;
    auto asked = co_await asker.join();
    answer = asked ? base::Result<std::string>(text) : base::Result<std::string>(asked.error());
    co_return co_await idler.join();
}

TEST(Server, LetsRequestsEndWhenItStops) {
    Loopback loopback(routes());
    base::Result<std::string> answer;
    base::Duration took{};
    ASSERT_TRUE(base::testing::run_task<void>(loopback.loop(), stop_during(loopback, "/slow", answer, took)));
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_NE(answer->find("finished"), std::string::npos);
    EXPECT_NE(answer->find("Connection: close"), std::string::npos);
    EXPECT_LT(took, 4s);
}

TEST(Server, CutsRequestsThatTakeTooLongWhenItStops) {
    ServerOptions options;
    options.stop_timeout = 100ms;
    Loopback loopback(routes(), std::move(options));
    base::Result<std::string> answer;
    base::Duration took{};
    ASSERT_TRUE(
        base::testing::run_task<void>(loopback.loop(), stop_during(loopback, "/stuck", answer, took)));
    EXPECT_TRUE(!answer || answer->empty());
    EXPECT_GE(took, 90ms);
    EXPECT_LT(took, 4s);
}

base::Task<void> crowd(Loopback& loopback, int count, int& refused) {
    base::TaskGroup group(co_await asio::this_coro::executor);
    std::vector<std::string> answers(static_cast<std::size_t>(count));
    for (std::string& answer : answers) {
        group.spawn(
            store_exchange(loopback.port(), "GET /slow HTTP/1.1\r\nConnection: close\r\n\r\n", answer));
    }
    // A refused peer may see a reset, which is an error of its exchange.
    const auto ended = co_await group.join();
    static_cast<void>(ended);
    refused = static_cast<int>(std::ranges::count(answers, ""));
    co_return base::Result<void>{};
}

TEST(Server, BoundsItsConnections) {
    ServerOptions options;
    options.connections_max = 3;
    Loopback loopback(routes(), std::move(options));
    int refused = 0;
    ASSERT_TRUE(loopback.serve(crowd(loopback, 5, refused)));
    EXPECT_EQ(refused, 2);
}

base::Task<void> get_twice(Client& client, std::string url, std::vector<std::string>& bodies) {
    for (int i = 0; i < 2; ++i) {
        auto response = co_await client.send(Request{.url = url});
        if (!response) {
            co_return response.error();
        }
        bodies.push_back(response->body);
    }
    co_return base::Result<void>{};
}

TEST(Server, ServesOurClient) {
    Loopback loopback(routes());
    const auto client = make_curl_client(loopback.loop().get_executor(), ClientOptions{.no_proxy = true});
    std::vector<std::string> bodies;
    const auto served = loopback.serve(get_twice(*client, loopback.url("/echo"), bodies));
    ASSERT_TRUE(served) << served.error().text();
    EXPECT_EQ(bodies, (std::vector<std::string>{"GET /echo?  ", "GET /echo?  "}));
}

struct AddressCase {
    const char* name;
    const char* address;
    bool ok;
};

class Addresses : public ::testing::TestWithParam<AddressCase> {};

TEST_P(Addresses, AreUnderstoodAsGoDoes) {
    asio::io_context loop(1);
    Server server(loop.get_executor(), ServerOptions{.address = GetParam().address}, Router{});
    const auto listening = server.listen();
    EXPECT_EQ(listening.has_value(), GetParam().ok) << (listening ? "" : listening.error().text());
    EXPECT_EQ(server.port() != 0, GetParam().ok);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Addresses,
    ::testing::Values(AddressCase{"AnyAddress", ":0", true}, AddressCase{"V4", "127.0.0.1:0", true},
                      AddressCase{"V4Any", "0.0.0.0:0", true}, AddressCase{"Name", "localhost:0", true},
                      AddressCase{"NoPort", "127.0.0.1", false}, AddressCase{"Empty", "", false},
                      AddressCase{"NoNumber", "127.0.0.1:http", false},
                      AddressCase{"BareV6", "::1:0:x", false},
                      AddressCase{"PortTooLarge", "127.0.0.1:70000", false}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Server, NamesThePortThatIsTaken) {
    Loopback loopback(routes());
    const std::string address = "127.0.0.1:" + std::to_string(loopback.port());
    Server second(loopback.loop().get_executor(), ServerOptions{.address = address}, Router{});
    const auto listening = second.listen();
    ASSERT_FALSE(listening);
    EXPECT_EQ(listening.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(listening.error().message, "cannot listen on \"" + address + "\": Address already in use");
}

TEST(Server, IsSwitchedOffByZeroOrNothing) {
    EXPECT_TRUE(is_disabled(""));
    EXPECT_TRUE(is_disabled("0"));
    EXPECT_FALSE(is_disabled(":0"));
}

}  // namespace
}  // namespace http::testing
