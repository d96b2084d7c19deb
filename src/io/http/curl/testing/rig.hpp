// SPDX-License-Identifier: 0BSD
// Rig: a loop, the Go peer and clients for it; what the client's tests share.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "base/clock.hpp"
#include "base/task_group.hpp"
#include "base/testing/run.hpp"
#include "io/http/curl/curl_client.hpp"
#include "io/http/curl/testing/h2_peer.hpp"

namespace http_curl::testing {

using namespace std::chrono_literals;

// One server process for the whole test program.
inline const H2Peer& peer() {
    static const H2Peer instance(STAGESET_H2SERVER);
    return instance;
}

class Rig {
public:
    // Trusts the peer's CA unless the options say otherwise; never uses a proxy of the environment.
    explicit Rig(http::ClientOptions options = {}) : client_(make(std::move(options))) {}

    boost::asio::io_context& loop() { return loop_; }
    http::Client& client() { return *client_; }
    void destroy_client() { client_.reset(); }

    std::unique_ptr<http::Client> make(http::ClientOptions options) {
        if (options.tls.ca_pem.empty()) {
            options.tls.ca_pem = peer().ca_pem();
        }
        options.no_proxy = true;
        return http::make_curl_client(loop_.get_executor(), std::move(options));
    }

    base::Result<http::Response> send(http::Request request) {
        return base::testing::run_task<http::Response>(loop_, client_->send(std::move(request)));
    }
    base::Result<http::Response> get(const std::string& url) { return send(http::Request{.url = url}); }
    template <class T>
    base::Result<T> run(base::Task<T> task) {
        return base::testing::run_task<T>(loop_, std::move(task));
    }

private:
    boost::asio::io_context loop_{1};
    std::unique_ptr<http::Client> client_;
};

// Reads a stream to its end, or until `bytes_min` have come.
inline base::Task<std::string> read_all(http::Stream& stream, std::size_t bytes_min = SIZE_MAX) {
    std::string all;
    while (all.size() < bytes_min) {
        auto piece = co_await stream.read();
        if (!piece) {
            co_return piece.error();
        }
        if (piece->empty()) {
            break;
        }
        all += *piece;
    }
    co_return all;
}

// "12 3": connections accepted so far and held or flooding exchanges alive, over all listeners.
inline base::Task<std::pair<int, int>> counts(http::Client& client) {
    auto response = co_await client.send(http::Request{.url = peer().url("h1", "/counts")});
    if (!response) {
        co_return response.error();
    }
    const auto space = response->body.find(' ');
    co_return std::pair{std::stoi(response->body.substr(0, space)), std::stoi(response->body.substr(space))};
}

// Waits until the peer has `wanted` exchanges alive; kDeadlineExceeded after five seconds.
inline base::Task<void> await_active(http::Client& client, int wanted) {
    base::SystemClock clock;
    int seen = -1;
    for (int i = 0; i < 250; ++i) {
        auto now = co_await counts(client);
        if (!now) {
            co_return now.error();
        }
        seen = now->second;
        if (seen == wanted) {
            co_return base::Result<void>{};
        }
        if (auto slept = co_await clock.sleep_for(20ms); !slept) {
            co_return slept;
        }
    }
    co_return base::Error{base::ErrorCode::kDeadlineExceeded, "still alive: " + std::to_string(seen)};
}

}  // namespace http_curl::testing
