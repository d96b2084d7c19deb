// SPDX-License-Identifier: 0BSD
// ServerDouble: an HTTP client that answers from a table, piece by piece, and breaks off where a test wants it to.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/event.hpp"
#include "io/http/client.hpp"

namespace artifact::testing {

struct Answer {
    int status = 200;
    std::vector<http::Header> headers = {};
    std::vector<std::string> pieces = {};
    std::optional<base::Error> broken = {};  // in place of the body's end
};

class StreamDouble final : public http::Stream {
public:
    explicit StreamDouble(Answer answer) : answer_(std::move(answer)) {}
    int status() const override { return answer_.status; }
    const std::vector<http::Header>& headers() const override { return answer_.headers; }
    base::Task<std::string> read() override {
        if (next_ < answer_.pieces.size()) {
            co_return answer_.pieces[next_++];
        }
        if (answer_.broken) {
            co_return *answer_.broken;
        }
        co_return std::string();
    }

private:
    Answer answer_;
    std::size_t next_ = 0;
};

class ServerDouble final : public http::Client {
public:
    explicit ServerDouble(base::Executor executor) : released_(std::move(executor)) {}

    base::Task<http::Response> send(http::Request) override {
        co_return base::Error{base::ErrorCode::kInternal, "archives are streamed"};
    }
    base::Task<std::unique_ptr<http::Stream>> open(http::Request request) override {
        requests.push_back(request);
        while (holding) {
            if (auto waited = co_await released_.wait(); !waited) {
                ++cancelled;
                co_return waited.error();
            }
        }
        auto& line = answers.at(request.url);
        const base::Result<Answer> next = line.front();
        if (line.size() > 1) {
            line.pop_front();
        }
        if (!next) {
            co_return next.error();
        }
        co_return std::make_unique<StreamDouble>(*next);
    }

    // The answers of `url` in turn; the last one is given again and again.
    void set(const std::string& url, std::deque<base::Result<Answer>> line) {
        answers[url] = std::move(line);
    }
    void serve(const std::string& url, std::string body) { set(url, {Answer{.pieces = {std::move(body)}}}); }
    // Requests wait until release().
    void hold() { holding = true; }
    void release() {
        holding = false;
        released_.set();
    }
    std::string header(std::size_t request, std::string_view name) const {
        for (const http::Header& header : requests.at(request).headers) {
            if (header.name == name) {
                return header.value;
            }
        }
        return "";
    }

    std::map<std::string, std::deque<base::Result<Answer>>> answers;
    std::vector<http::Request> requests;
    bool holding = false;
    int cancelled = 0;

private:
    base::Event released_;
};

}  // namespace artifact::testing
