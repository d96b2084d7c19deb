// SPDX-License-Identifier: 0BSD
// Port of the HTTP client: whole exchanges and streamed bodies, with deadlines, bounds and cancellation.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "base/task.hpp"

namespace http {

struct Header {
    std::string name;
    std::string value;
};

struct Request {
    std::string method = "GET";
    std::string url = {};  // absolute, http or https
    std::vector<Header> headers = {};
    std::string body = {};
    // Sent as "Authorization: Bearer …"; kept apart from headers so that it is never printed. Not sent to another host
    // after a redirect.
    std::shared_ptr<const base::Secret> bearer = {};
    // Limit of the whole exchange; for open() until the response's header. None: no limit.
    std::optional<base::Duration> timeout = {};
    // open() only: ends the stream when nothing arrives for so long. None: no limit.
    std::optional<base::Duration> idle_timeout = {};
    // send(): a longer body ends with kLimitExceeded.
    std::size_t body_bytes_max = std::size_t{256} << 20U;
    // 0: a redirect is returned as the response it is.
    int redirects_max = 0;
};

struct Response {
    int status = 0;
    std::vector<Header> headers = {};
    std::string body = {};

    // The first header of that name (any case), or empty.
    std::string_view header(std::string_view name) const;
};

// A response whose body is read piece by piece. Destroying it ends the exchange.
class Stream {
public:
    virtual ~Stream() = default;
    virtual int status() const = 0;
    virtual const std::vector<Header>& headers() const = 0;
    // The next piece, of any size above zero; empty at the end of the body. What the reader does not take is held back on
    // the connection (bounded buffer). Errors: kUnavailable (connection lost), kDeadlineExceeded (idle), kCancelled.
    virtual base::Task<std::string> read() = 0;
};

// One client is one pool of connections to any number of hosts, with one set of TLS settings.
class Client {
public:
    virtual ~Client() = default;
    // Any HTTP status is a success here. Errors:
    //   kUnavailable       name resolution, connect, TLS or protocol failure; the message names host and cause
    //   kForbidden         the connect filter refused the address, or the scheme is neither http nor https
    //   kDeadlineExceeded  `timeout` passed
    //   kLimitExceeded     body or redirect bound
    //   kInvalid           the URL cannot be parsed
    //   kCancelled
    virtual base::Task<Response> send(Request request) = 0;
    // Returns when the response's header is there. Errors as above.
    virtual base::Task<std::unique_ptr<Stream>> open(Request request) = 0;
};

// PEM texts; empty means "not set".
struct TlsOptions {
    std::string ca_pem = {};  // empty: the system's roots
    std::string client_certificate_pem = {};
    base::Secret client_key_pem = {};
    std::string server_name = {};  // overrides the URL's host for SNI and verification
    bool insecure_skip_verify = false;
};

// Decides at each dial, redirects included, whether the numeric address ("10.0.0.7", "fe80::1") may be connected to. A name is
// dialled only when all of its addresses may be.
using ConnectFilter = std::function<bool(std::string_view address)>;

struct ClientOptions {
    TlsOptions tls = {};
    // "http://proxy:3128", "socks5://…"; empty: HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the environment, unless no_proxy.
    std::string proxy = {};
    bool no_proxy = false;
    ConnectFilter connect_filter = {};
    std::string user_agent = "stageset";
    base::Duration connect_timeout = std::chrono::seconds(10);
    std::size_t connections_per_host_max = 8;  // HTTP/2 multiplexes over one; HTTP/1.1 hosts need several
    std::size_t streams_per_host_max = 0;      // more wait their turn, while their time runs; 0: no limit
};

}  // namespace http
