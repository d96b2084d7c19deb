// SPDX-License-Identifier: 0BSD
// A small HTTP/1.1 server on the event loop: metrics, probes, gates.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/task.hpp"
#include "io/http/client.hpp"

namespace http {

struct ServerRequest {
    std::string method;
    std::string path;   // decoded, without the query
    std::string query;  // raw, without '?'
    std::vector<Header> headers;
    std::string body;

    std::string_view header(std::string_view name) const;
};

struct ServerResponse {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
};

// Answers one request; runs on the loop.
using Handler = std::function<base::Task<ServerResponse>(ServerRequest)>;

struct ServerOptions {
    // Go's form: ":8080", "127.0.0.1:0", "[::1]:8080".
    std::string bind_address;
    base::Duration header_timeout = std::chrono::seconds(5);
    base::Duration idle_timeout = std::chrono::seconds(60);
    std::size_t header_bytes_max = 16U << 10U;
    std::size_t body_bytes_max = 1U << 20U;
    std::size_t connections_max = 256;
};

class Server {
public:
    Server(base::Clock& clock, base::Executor executor, ServerOptions options, Handler handler);
    ~Server();

    // Errors: kInvalid (address), kUnavailable (cannot bind; names the address).
    base::Result<void> listen();
    // The port listened on, after listen().
    unsigned short port() const;
    // Serves until cancelled; open connections are closed then. Errors: kCancelled only.
    base::Task<void> serve();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace http
