// SPDX-License-Identifier: 0BSD
#include "io/http/server/server.hpp"

#include <charconv>
#include <list>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/task_group.hpp"
#include "io/http/server/session.hpp"

namespace http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// After a failed accept (no descriptors left, mostly): time for connections to end.
constexpr std::chrono::milliseconds kAcceptPause{100};

base::Error refused(const std::string& address, const error_code& error) {
    return {base::ErrorCode::kUnavailable, "cannot listen on \"" + address + "\": " + error.message()};
}

base::Result<tcp::endpoint> parse_endpoint(const base::Executor& executor, const std::string& address) {
    const auto colon = address.rfind(':');
    const base::Error invalid{base::ErrorCode::kInvalid,
                              "\"" + address + "\" is no address of the form host:port"};
    if (colon == std::string::npos) {
        return invalid;
    }
    std::string host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string::npos) {
        return invalid;
    }
    const std::string_view digits = std::string_view(address).substr(colon + 1);
    std::uint16_t port = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (digits.empty() || parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size()) {
        return invalid;
    }
    error_code error;
    tcp::resolver resolver(executor);
    // An empty host is the IPv6 wildcard, which takes IPv4 connections too.
    const auto flags = tcp::resolver::passive;
    const auto found = resolver.resolve(host.empty() ? "::" : host, std::string(digits), flags, error);
    if (error || found.empty()) {
        return invalid;
    }
    return found.begin()->endpoint();
}

}  // namespace

struct Server::State {
    State(const base::Executor& executor_used, ServerOptions options_used, Router router_used)
        : executor(executor_used),
          options(std::move(options_used)),
          router(std::move(router_used)),
          acceptor(executor),
          changed(executor) {}

    base::Executor executor;
    ServerOptions options;
    Router router;
    tcp::acceptor acceptor;
    std::list<Session> sessions;
    base::Event changed;
    base::SystemClock clock;
    bool stopping = false;

    error_code bind(const tcp::endpoint& endpoint);
    base::Task<void> serve(tcp::socket socket);
    base::Task<void> accept(base::TaskGroup& connections);
    base::Task<void> close_late(base::TaskGroup& connections);
    base::asio::awaitable<void> stop(base::TaskGroup& connections);
};

bool is_disabled(const std::string& address) { return address.empty() || address == "0"; }

Server::Server(base::Executor executor, ServerOptions options, Router router)
    : state_(std::make_unique<State>(executor, std::move(options), std::move(router))) {}

Server::~Server() = default;

error_code Server::State::bind(const tcp::endpoint& endpoint) {
    error_code error;
    acceptor.close(error);
    acceptor.open(endpoint.protocol(), error);
    if (!error) {
        acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    }
    if (!error && endpoint.address().is_v6()) {
        acceptor.set_option(asio::ip::v6_only(false), error);
    }
    if (!error) {
        acceptor.bind(endpoint, error);
    }
    if (!error) {
        acceptor.listen(asio::socket_base::max_listen_connections, error);
    }
    return error;
}

base::Result<void> Server::listen() {
    const std::string& address = state_->options.address;
    auto endpoint = parse_endpoint(state_->executor, address);
    if (!endpoint) {
        return endpoint.error();
    }
    error_code error = state_->bind(*endpoint);
    if (error == asio::error::address_family_not_supported && address.starts_with(':')) {
        error = state_->bind(tcp::endpoint(tcp::v4(), endpoint->port()));
    }
    if (error) {
        return refused(address, error);
    }
    return base::Result<void>{};
}

std::uint16_t Server::port() const {
    error_code error;
    return state_->acceptor.local_endpoint(error).port();
}

base::Task<void> Server::State::serve(tcp::socket socket) {
    if (stopping) {
        co_return base::cancelled_error();
    }
    const auto session = sessions.emplace(sessions.end(), std::move(socket), options, router);
    auto served = co_await session->run();
    sessions.erase(session);
    changed.pulse();
    co_return served;
}

base::Task<void> Server::State::accept(base::TaskGroup& connections) {
    while (!co_await base::is_cancelled()) {
        auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
        if (error == asio::error::operation_aborted) {
            break;
        }
        if (error) {
            options.log.warn("a connection could not be accepted", {{"error", error.message()}});
            if (auto slept = co_await clock.sleep_for(kAcceptPause); !slept) {
                break;
            }
        } else if (connections.size() < options.connections_max) {
            connections.spawn(serve(std::move(socket)));
        }
    }
    co_return base::cancelled_error();
}

base::Task<void> Server::State::close_late(base::TaskGroup& connections) {
    auto slept = co_await clock.sleep_for(options.stop_timeout);
    if (slept) {
        connections.cancel();
        for (Session& session : sessions) {
            session.close();
        }
    }
    co_return slept;
}

// The server's task is cancelled by now: these waits must not end early.
base::asio::awaitable<void> Server::State::stop(base::TaskGroup& connections) {
    error_code ignored;
    stopping = true;
    acceptor.close(ignored);
    for (Session& session : sessions) {
        session.stop();
    }
    base::TaskGroup alarm(executor);
    alarm.spawn(close_late(connections));
    while (!sessions.empty()) {
        co_await changed.wait_uninterrupted();
    }
    alarm.cancel();
    const auto alarm_ended = co_await alarm.join();
    static_cast<void>(alarm_ended);
}

base::Task<void> Server::run() {
    base::TaskGroup connections(state_->executor);
    const auto accepted = co_await state_->accept(connections);
    co_await state_->stop(connections);
    const auto ended = co_await connections.join();
    static_cast<void>(ended);
    co_return accepted;
}

}  // namespace http
