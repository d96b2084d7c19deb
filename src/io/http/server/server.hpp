// SPDX-License-Identifier: 0BSD
// Server: a small HTTP/1.1 server for probes, metrics and the gate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/task.hpp"
#include "io/http/server/router.hpp"

namespace http {

struct ServerOptions {
    // As Go writes it: ":8080" (all addresses, IPv4 and IPv6), "127.0.0.1:0" (any free port), "[::1]:80", "localhost:80".
    std::string address = {};
    // From a request's first byte to the end of its header.
    base::Duration header_timeout = std::chrono::seconds(5);
    base::Duration body_timeout = std::chrono::seconds(30);
    base::Duration write_timeout = std::chrono::seconds(30);
    // How long a connection may stay open without a request; longer than the usual scrape interval.
    base::Duration idle_timeout = std::chrono::seconds(120);
    // How long requests that are being answered may take when the server stops.
    base::Duration stop_timeout = std::chrono::seconds(5);
    std::uint32_t header_bytes_max = 16U << 10U;
    std::uint64_t body_bytes_max = std::uint64_t{1} << 20U;
    // More are closed at once: probes and scrapers need a handful, the rest is somebody's mistake.
    std::size_t connections_max = 256;
    base::Logger log = {};
};

// True when `address` is "" or "0", the two ways to switch a listener off.
bool is_disabled(const std::string& address);

// Lives on the loop's thread, longer than run().
class Server {
public:
    Server(base::Executor executor, ServerOptions options, Router router);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Binds and listens; connections wait in the backlog until run().
    // Errors: kInvalid (address), kUnavailable (in use, not permitted).
    base::Result<void> listen();
    // The bound port, after listen().
    std::uint16_t port() const;
    // Serves until cancelled: then takes no new connection, lets requests end within `stop_timeout`, and returns
    // kCancelled when all connections are closed.
    base::Task<void> run();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace http
