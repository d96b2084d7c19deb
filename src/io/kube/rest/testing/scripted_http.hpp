// SPDX-License-Identifier: 0BSD
// ScriptedHttp: an HTTP client whose answers a test writes; InstantClock: waits that only take time on the clock.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "io/http/client.hpp"

namespace kube::testing {

inline std::string header_of(const http::Request& request, std::string_view name) {
    for (const auto& header : request.headers) {
        if (header.name == name) {
            return header.value;
        }
    }
    return {};
}

inline http::Response json_response(int status, std::string body, std::vector<http::Header> headers = {}) {
    return {status, std::move(headers), std::move(body)};
}

class ScriptedHttp final : public http::Client {
public:
    using Answer = std::function<base::Result<http::Response>(const http::Request& request)>;

    // Answers each request, also that of open().
    Answer answer;
    // While set, requests wait for it after they arrived.
    base::Event* gate = nullptr;
    // open() hands its body out in pieces of this size, then ends with `stream_error` if there is one.
    std::size_t piece_bytes = 1000;
    std::optional<base::Error> stream_error;

    std::vector<http::Request> requests;

    base::Task<http::Response> send(http::Request request) override {
        requests.push_back(request);
        if (gate != nullptr) {
            if (auto open = co_await gate->wait(); !open) {
                co_return open.error();
            }
        }
        co_return answer(request);
    }

    base::Task<std::unique_ptr<http::Stream>> open(http::Request request) override {
        auto response = co_await send(std::move(request));
        if (!response) {
            co_return response.error();
        }
        co_return std::make_unique<ScriptedStream>(std::move(*response), piece_bytes, stream_error);
    }

private:
    class ScriptedStream final : public http::Stream {
    public:
        ScriptedStream(http::Response response, std::size_t piece_bytes, std::optional<base::Error> error)
            : response_(std::move(response)), piece_bytes_(piece_bytes), error_(std::move(error)) {}
        int status() const override { return response_.status; }
        const std::vector<http::Header>& headers() const override { return response_.headers; }
        base::Task<std::string> read() override {
            std::string piece = response_.body.substr(0, piece_bytes_);
            response_.body.erase(0, piece.size());
            if (piece.empty() && error_) {
                co_return *error_;
            }
            co_return piece;
        }

    private:
        http::Response response_;
        std::size_t piece_bytes_;
        std::optional<base::Error> error_;
    };
};

class InstantClock final : public base::Clock {
public:
    base::WallTime now() const override {
        return base::WallTime(std::chrono::seconds(1'750'000'000)) + passed_;
    }
    base::SteadyTime steady_now() const override {
        return base::SteadyTime(std::chrono::seconds(1000)) + passed_;
    }
    base::Task<void> sleep_until(base::SteadyTime deadline) override {
        if (co_await base::is_cancelled()) {
            co_return base::cancelled_error();
        }
        const base::Duration waited = deadline - steady_now();
        waits.push_back(waited);
        advance(waited);
        co_return base::Result<void>{};
    }
    std::unique_ptr<base::Alarm> set_alarm(base::Executor executor, base::SteadyTime deadline,
                                           std::function<void()> ring) override {
        waits.push_back(deadline - steady_now());
        auto alarm = std::make_unique<InstantAlarm>(std::move(ring));
        base::asio::post(executor, [this, deadline, ring = std::weak_ptr(alarm->ring)] {
            if (const auto alive = ring.lock()) {
                passed_ += std::max(base::Duration::zero(), deadline - steady_now());
                (*alive)();
            }
        });
        return alarm;
    }
    void advance(base::Duration by) { passed_ += by; }

    std::vector<base::Duration> waits;

private:
    struct InstantAlarm final : base::Alarm {
        explicit InstantAlarm(std::function<void()> call)
            : ring(std::make_shared<std::function<void()>>(std::move(call))) {}
        std::shared_ptr<std::function<void()>> ring;
    };
    base::Duration passed_{0};
};

}  // namespace kube::testing
