// SPDX-License-Identifier: 0BSD
// Loopback: servers on a free port for the time of a test, and a peer that speaks bytes.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/invariant.hpp"
#include "base/task_group.hpp"
#include "base/testing/run.hpp"
#include "io/http/server/server.hpp"

namespace http::testing {

namespace asio = boost::asio;
using asio::ip::tcp;

inline base::Task<void> run_beside(Server& server, base::Task<void> body) {
    base::TaskGroup group(co_await asio::this_coro::executor);
    group.spawn(server.run());
    auto result = co_await std::move(body);
    group.cancel();
    auto joined = co_await group.join();
    co_return result ? joined : result;
}

// A server that listens from its construction on; serve() runs it for as long as `body` takes, any number of times.
class Loopback {
public:
    explicit Loopback(Router router, ServerOptions options = {})
        : router_(std::move(router)), options_(std::move(options)) {
        if (options_.address.empty()) {
            options_.address = "127.0.0.1:0";
        }
        listen();
    }
    asio::io_context& loop() { return loop_; }
    Server& server() { return *server_; }
    std::uint16_t port() const { return server_->port(); }
    std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(port()) + path;
    }
    base::Result<void> serve(base::Task<void> body) {
        auto result = base::testing::run_task<void>(loop_, run_beside(*server_, std::move(body)));
        listen();
        return result;
    }

private:
    // A server runs once; its successor takes the same port.
    void listen() {
        server_ = std::make_unique<Server>(loop_.get_executor(), options_, router_);
        base::invariant(server_->listen().has_value(), "loopback cannot listen");
        options_.address =
            options_.address.substr(0, options_.address.rfind(':') + 1) + std::to_string(server_->port());
    }

    asio::io_context loop_{1};
    Router router_;
    ServerOptions options_;
    std::unique_ptr<Server> server_;
};

// Sends `bytes` and gives all that comes back until the other side closes.
inline base::Task<std::string> exchange_bytes(std::uint16_t port, std::string bytes) {
    constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
    tcp::socket socket(co_await asio::this_coro::executor);
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    auto [connect_error] = co_await socket.async_connect(endpoint, kTuple);
    if (connect_error) {
        co_return base::Error{base::ErrorCode::kUnavailable, connect_error.message()};
    }
    co_await asio::async_write(socket, asio::buffer(bytes), kTuple);
    std::string answer;
    auto [error, count] = co_await asio::async_read(socket, asio::dynamic_buffer(answer), kTuple);
    if (error != asio::error::eof) {
        co_return base::Error{base::ErrorCode::kUnavailable, error.message()};
    }
    co_return answer;
}

}  // namespace http::testing
