// SPDX-License-Identifier: 0BSD
#include "io/http/curl/curl_client.hpp"

#include <arpa/inet.h>
#include <memory>
#include <optional>
#include <utility>

#include "io/http/curl/multi.hpp"
#include "io/http/curl/proxy.hpp"
#include "io/http/curl/redirect.hpp"
#include "io/http/curl/transfer.hpp"

namespace http_curl {

namespace {

// What requests share. Each stream has a connection of its own, with HTTP/1.1: a reader that holds it back holds nobody
// else back, ending it ends it on the server too (libcurl 7.88 keeps the reset of an HTTP/2 stream to itself until the
// connection is used again), and streams, which last, take no connection that requests wait for.
struct Core {
    std::shared_ptr<const http::ClientOptions> options;
    ProxyRules proxies;
    std::shared_ptr<Multi> whole;
    std::shared_ptr<Multi> streamed;
};

ProxyRules proxy_rules(const http::ClientOptions& options) {
    if (!options.proxy.empty()) {
        return ProxyRules{.http_proxy = options.proxy,
                          .https_proxy = options.proxy,
                          .exceptions = {},
                          .includes_loopback = true};
    }
    return options.no_proxy ? ProxyRules{} : proxy_rules_of_environment();
}

base::Result<std::shared_ptr<Transfer>> begin(const Core& core, const std::shared_ptr<Multi>& pool,
                                              http::Request request, Delivery delivery) {
    auto url = split_url(request.url);
    if (!url) {
        return url.error();
    }
    std::string proxy = proxy_for(*url, core.proxies);
    Transfer::Route route{std::move(*url), std::move(proxy), core.options->tls.server_name};
    auto transfer = std::make_shared<Transfer>(pool, std::move(request), std::move(route), delivery);
    if (auto started = transfer->start(); !started) {
        return started.error();
    }
    return transfer;
}

// Returns when the exchange has ended or, streamed, its header is there. The transfer holds the outcome.
base::Task<void> settle(std::shared_ptr<Transfer> transfer) {
    while (!transfer->ended() && !(transfer->streamed() && transfer->header_complete())) {
        if (auto woken = co_await transfer->changed().wait(); !woken) {
            co_return woken;
        }
        transfer->changed().reset();
    }
    // What came of a stream's body before it broke is there to be read, and then the error.
    if (transfer->error() && !(transfer->streamed() && transfer->header_complete())) {
        co_return *transfer->error();
    }
    co_return base::Result<void>{};
}

bool is_address(const std::string& host) {
    in_addr v4{};
    // Whatever getaddrinfo takes for an address; those of IPv6 have colons.
    return inet_aton(host.c_str(), &v4) != 0 || host.find(':') != std::string::npos;
}

// A name may have several addresses: when the filter refuses one of them, none is dialled, whichever would have been tried
// first. An address is judged when it is dialled, and so is each of a name's once more.
base::Task<void> survey(std::shared_ptr<Core> core, std::shared_ptr<Multi> pool, http::Request request,
                        std::optional<base::SteadyTime> deadline) {
    if (!core->options->connect_filter) {
        co_return base::Result<void>{};
    }
    const auto url = split_url(request.url);
    if (!url) {
        co_return url.error();
    }
    if (is_address(url->host)) {
        co_return base::Result<void>{};
    }
    http::Request only_url;
    only_url.url = request.url;
    auto begun = begin(*core, pool, std::move(only_url), Delivery::kSurvey);
    if (!begun) {
        co_return begun.error();
    }
    if (deadline) {
        (*begun)->set_deadline(*deadline, *request.timeout);
    }
    co_return co_await settle(*begun);
}

base::Task<std::shared_ptr<Transfer>> perform(std::shared_ptr<Core> core, http::Request request,
                                              Delivery delivery) {
    if (co_await base::is_cancelled()) {
        co_return base::cancelled_error();
    }
    const auto pool = delivery == Delivery::kWhole ? core->whole : core->streamed;
    std::optional<base::SteadyTime> deadline;
    if (request.timeout) {
        deadline = base::SystemClock().steady_now() + *request.timeout;
    }
    for (int redirects = 0;; ++redirects) {
        if (auto surveyed = co_await survey(core, pool, request, deadline); !surveyed) {
            co_return surveyed.error();
        }
        auto begun = begin(*core, pool, std::move(request), delivery);
        if (!begun) {
            co_return begun.error();
        }
        const auto transfer = *begun;
        if (deadline) {
            transfer->set_deadline(*deadline, *transfer->request().timeout);
        }
        if (auto settled = co_await settle(transfer); !settled) {
            co_return settled.error();
        }
        const int redirects_max = transfer->request().redirects_max;
        if (redirects_max == 0 || !is_redirect(transfer->response())) {
            co_return transfer;
        }
        if (redirects == redirects_max) {
            co_return base::Error{base::ErrorCode::kLimitExceeded,
                                  transfer->route().url.address() + " redirects more than " +
                                      std::to_string(redirects_max) + " times"};
        }
        auto next = redirect(transfer->request(), transfer->response());
        if (!next) {
            co_return next.error();
        }
        request = std::move(*next);
    }
}

base::Task<http::Response> send(std::shared_ptr<Core> core, http::Request request) {
    auto transfer = co_await perform(std::move(core), std::move(request), Delivery::kWhole);
    if (!transfer) {
        co_return transfer.error();
    }
    co_return std::move((*transfer)->response());
}

class CurlStream final : public http::Stream {
public:
    explicit CurlStream(std::shared_ptr<Transfer> transfer) : transfer_(std::move(transfer)) {}
    ~CurlStream() override { transfer_->fail(base::cancelled_error()); }
    CurlStream(const CurlStream&) = delete;
    CurlStream& operator=(const CurlStream&) = delete;

    int status() const override { return transfer_->response().status; }
    const std::vector<http::Header>& headers() const override { return transfer_->response().headers; }
    base::Task<std::string> read() override { return transfer_->read(); }

private:
    std::shared_ptr<Transfer> transfer_;
};

base::Task<std::unique_ptr<http::Stream>> open(std::shared_ptr<Core> core, http::Request request) {
    auto transfer = co_await perform(std::move(core), std::move(request), Delivery::kStreamed);
    if (!transfer) {
        co_return transfer.error();
    }
    co_return std::make_unique<CurlStream>(std::move(*transfer));
}

class CurlClient final : public http::Client {
public:
    CurlClient(const base::Executor& executor, http::ClientOptions options)
        : core_(std::make_shared<Core>()) {
        core_->options = std::make_shared<const http::ClientOptions>(std::move(options));
        core_->proxies = proxy_rules(*core_->options);
        core_->whole = std::make_shared<Multi>(executor, core_->options,
                                               PoolPolicy{.http2 = true,
                                                          .connections_per_host_max = static_cast<long>(
                                                              core_->options->connections_per_host_max)});
        core_->streamed = std::make_shared<Multi>(
            executor, core_->options,
            PoolPolicy{.http2 = false,
                       .connections_per_host_max = static_cast<long>(core_->options->streams_per_host_max)});
    }
    ~CurlClient() override {
        core_->whole->close();
        core_->streamed->close();
    }
    CurlClient(const CurlClient&) = delete;
    CurlClient& operator=(const CurlClient&) = delete;

    base::Task<http::Response> send(http::Request request) override {
        return http_curl::send(core_, std::move(request));
    }
    base::Task<std::unique_ptr<http::Stream>> open(http::Request request) override {
        return http_curl::open(core_, std::move(request));
    }

private:
    std::shared_ptr<Core> core_;
};

}  // namespace

}  // namespace http_curl

namespace http {

std::unique_ptr<Client> make_curl_client(base::Executor executor, ClientOptions options) {
    return std::make_unique<http_curl::CurlClient>(executor, std::move(options));
}

}  // namespace http
