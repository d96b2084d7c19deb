// SPDX-License-Identifier: 0BSD
// Script: a server that answers with exactly the given bytes, for answers no real server would give.
#pragma once

#include <string>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/task.hpp"

namespace http_curl::testing {

class Script {
public:
    explicit Script(const base::Executor& executor)
        : acceptor_(executor, {boost::asio::ip::address_v4::loopback(), 0}) {}

    std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + path;
    }

    // For each answer: takes a connection, reads a request's header, sends the answer, closes.
    base::Task<void> play(std::vector<std::string> answers) {
        constexpr auto kTuple = boost::asio::as_tuple(boost::asio::use_awaitable);
        for (const std::string& answer : answers) {
            auto [error, socket] = co_await acceptor_.async_accept(kTuple);
            if (error) {
                co_return base::cancelled_error();
            }
            std::string request;
            co_await boost::asio::async_read_until(socket, boost::asio::dynamic_buffer(request), "\r\n\r\n",
                                                   kTuple);
            co_await boost::asio::async_write(socket, boost::asio::buffer(answer), kTuple);
            requests_.push_back(request);
        }
        co_return base::Result<void>{};
    }
    const std::vector<std::string>& requests() const { return requests_; }

private:
    boost::asio::ip::tcp::acceptor acceptor_;
    std::vector<std::string> requests_;
};

}  // namespace http_curl::testing
