// SPDX-License-Identifier: 0BSD
#include "io/http/server/session.hpp"

#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

namespace http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
// What is read ahead before a header is parsed.
constexpr std::size_t kReadBytes = 4096;
// What is read after a refusal, so that the peer can read the refusal: a close with unread bytes resets the connection.
constexpr std::size_t kDrainBytesMax = std::size_t{1} << 20U;
constexpr std::chrono::seconds kDrainTime{1};

ServerRequest to_request(const beast::http::request<beast::http::string_body>& message) {
    ServerRequest request{
        .method = std::string(message.method_string()), .path = {}, .query = {}, .headers = {}, .body = {}};
    const std::string_view target = message.target();
    const auto question = std::min(target.find('?'), target.size());
    request.path = percent_decode(target.substr(0, question));
    request.query = target.substr(std::min(question + 1, target.size()));
    for (const auto& field : message) {
        request.headers.push_back({std::string(field.name_string()), std::string(field.value())});
    }
    request.body = message.body();
    return request;
}

// What a request that cannot be read deserves; none: the peer is gone or too slow, nobody listens.
std::optional<ServerResponse> refusal(const error_code& error) {
    if (error == beast::http::error::header_limit || error == beast::http::error::buffer_overflow) {
        return ServerResponse{.status = 431, .body = "Request Header Fields Too Large\n"};
    }
    if (error == beast::http::error::body_limit) {
        return ServerResponse{.status = 413, .body = "Request Entity Too Large\n"};
    }
    const bool malformed =
        error.category() == beast::http::make_error_code(beast::http::error::bad_method).category();
    if (malformed && error != beast::http::error::end_of_stream &&
        error != beast::http::error::partial_message) {
        return ServerResponse{.status = 400, .body = "400 Bad Request\n"};
    }
    return std::nullopt;
}

}  // namespace

Session::Session(asio::ip::tcp::socket socket, const ServerOptions& options, const Router& router)
    : stream_(std::move(socket)), options_(options), router_(router) {}

void Session::stop() {
    stopping_ = true;
    if (!answering_) {
        close();
    }
}

void Session::close() { stream_.close(); }

asio::awaitable<error_code> Session::wait_for_request() {
    if (buffer_.size() > 0) {
        co_return error_code{};
    }
    stream_.expires_after(options_.idle_timeout);
    auto [error, bytes] = co_await stream_.async_read_some(buffer_.prepare(kReadBytes), kTuple);
    buffer_.commit(bytes);
    co_return error;
}

asio::awaitable<error_code> Session::read_request(Parser& parser) {
    stream_.expires_after(options_.header_timeout);
    const auto [header_error, header_bytes] =
        co_await beast::http::async_read_header(stream_, buffer_, parser, kTuple);
    if (header_error) {
        co_return header_error;
    }
    stream_.expires_after(options_.body_timeout);
    const auto [error, bytes] = co_await beast::http::async_read(stream_, buffer_, parser, kTuple);
    co_return error;
}

base::Task<ServerResponse> Session::answer(ServerRequest request) {
    const std::string path = request.path;
    auto response = co_await router_.answer(std::move(request));
    if (!response && response.error().code != base::ErrorCode::kCancelled) {
        options_.log.error("a request could not be answered",
                           {{"path", path}, {"error", response.error().text()}});
        co_return ServerResponse{.status = 500, .body = "internal server error\n"};
    }
    co_return response;
}

asio::awaitable<Session::Next> Session::serve_one() {
    if (co_await wait_for_request()) {
        co_return Next::kClose;
    }
    Parser parser;
    parser.header_limit(options_.header_bytes_max);
    parser.body_limit(options_.body_bytes_max);
    answering_ = true;
    if (const auto error = co_await read_request(parser)) {
        if (auto refused = refusal(error)) {
            co_await write(std::move(*refused), "GET", 11, false);
            co_await drain();
        }
        co_return Next::kClose;
    }
    const auto& message = parser.get();
    const bool keep_alive = message.keep_alive();
    auto response = co_await answer(to_request(message));
    if (!response) {
        co_return Next::kClose;
    }
    co_return co_await write(std::move(*response), std::string(message.method_string()), message.version(),
                             keep_alive);
}

asio::awaitable<Session::Next> Session::write(ServerResponse response, std::string method, unsigned version,
                                              bool keep_alive) {
    const bool keep = keep_alive && !stopping_;
    beast::http::response<beast::http::string_body> message;
    message.version(version);
    message.result(static_cast<unsigned>(response.status));
    message.set(beast::http::field::content_type, response.content_type);
    for (const Header& header : response.headers) {
        message.insert(header.name, header.value);
    }
    message.keep_alive(keep);
    message.content_length(response.body.size());
    if (method != "HEAD") {
        message.body() = std::move(response.body);
    }
    stream_.expires_after(options_.write_timeout);
    const auto [error, bytes] = co_await beast::http::async_write(stream_, message, kTuple);
    co_return error || !keep ? Next::kClose : Next::kContinue;
}

asio::awaitable<void> Session::drain() {
    error_code error;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    buffer_.clear();
    stream_.expires_after(kDrainTime);
    for (std::size_t drained = 0; !error && drained < kDrainBytesMax;) {
        const auto [read_error, bytes] =
            co_await stream_.async_read_some(buffer_.prepare(kReadBytes), kTuple);
        error = read_error;
        drained += bytes;
    }
}

base::Task<void> Session::run() {
    Next next = Next::kContinue;
    while (next == Next::kContinue && !stopping_) {
        next = co_await serve_one();
        answering_ = false;
    }
    error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    close();
    co_return base::Result<void>{};
}

}  // namespace http
