// SPDX-License-Identifier: 0BSD
// Session: one connection of the server, request after request.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "io/http/server/server.hpp"

namespace http {

// Belongs to its connection's task; `options` and `router` outlive it.
class Session {
public:
    Session(boost::asio::ip::tcp::socket socket, const ServerOptions& options, const Router& router);

    // Serves until the peer leaves, a limit is passed or stop().
    base::Task<void> run();
    // Ends the connection at once when no request is being answered, otherwise after the answer.
    void stop();
    // Ends the connection now.
    void close();

private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    enum class Next { kContinue, kClose };

    base::asio::awaitable<boost::system::error_code> wait_for_request();
    base::asio::awaitable<boost::system::error_code> read_request(Parser& parser);
    base::asio::awaitable<Next> serve_one();
    base::asio::awaitable<void> drain();
    base::Task<ServerResponse> answer(ServerRequest request);
    base::asio::awaitable<Next> write(ServerResponse response, std::string method, unsigned version,
                                      bool keep_alive);

    boost::beast::tcp_stream stream_;
    boost::beast::flat_buffer buffer_;
    const ServerOptions& options_;
    const Router& router_;
    bool answering_ = false;
    bool stopping_ = false;
};

}  // namespace http
