// SPDX-License-Identifier: 0BSD
// Caller: one request to an API server as one identity, with its place in the queue, credentials and safe retries.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/fair_queue.hpp"
#include "base/rng.hpp"
#include "base/task.hpp"
#include "io/http/client.hpp"
#include "io/kube/rest/cluster_config.hpp"

namespace kube {

// Makes the HTTP client for one set of TLS settings; called again when an exec plugin hands out another certificate.
using MakeHttpClient = std::function<std::shared_ptr<http::Client>(http::ClientOptions options)>;

// One request that went out: what rest_client_requests_total counts.
struct RequestObservation {
    std::string_view method;  // "PATCH"
    std::string_view code;    // "200", or "<error>" when no answer came
    std::string_view host;    // "10.0.0.1:6443"
    base::Duration took;      // until the whole answer; of a watch until its start
};
using RequestObserver = std::function<void(const RequestObservation& observation)>;

struct Call {
    // When a request may be sent again although the server may have done it already.
    enum class Repeat {
        kAlways,      // it reads
        kIdempotent,  // a second time changes nothing: server-side apply
        kNever,       // only when the server says that it did nothing (429, 503 with Retry-After)
    };
    std::string method = "GET";
    std::string path;  // with its query
    std::string accept = "application/json";
    std::string content_type;
    std::string body;
    std::vector<http::Header> headers;  // besides those
    Repeat repeat = Repeat::kAlways;
    base::Duration timeout = std::chrono::seconds(30);  // of each attempt
    std::optional<base::Duration> limit = {};           // of all attempts and the waits between them
};

class Caller {
public:
    struct Options {
        ClusterConfig cluster;
        MakeHttpClient make_http;
        std::string identity;  // whose share of the queue is used
        std::shared_ptr<base::FairQueue> queue;
        RequestObserver observer;  // may be empty
    };
    // `clock` and `rng` must outlive the caller.
    Caller(Options options, base::Clock& clock, base::Rng& rng);

    // The response, when its status is below 400. Errors: those of kube::Client, typed where the server answered, without a
    // word on what was asked.
    base::Task<http::Response> send(Call call);
    // The same for a body that is read as it comes; takes no place in the queue. `idle_timeout` as in http::Request.
    base::Task<std::unique_ptr<http::Stream>> open(Call call, base::Duration idle_timeout);

private:
    using CallPtr = std::shared_ptr<const Call>;
    struct Attempts;

    std::shared_ptr<http::Client> http_for(const Credential& credential);
    http::Request request_of(const Call& call, const Credential& credential) const;
    base::Task<http::Response> send_once(CallPtr call, CredentialPtr credential, base::SteadyTime begun);
    base::Task<std::unique_ptr<http::Stream>> open_once(CallPtr call, CredentialPtr credential,
                                                        base::Duration idle_timeout);
    base::Task<void> before_retry(CallPtr call, CredentialPtr used, base::Error error, Attempts& attempts);
    void observe(const Call& call, int status, base::SteadyTime start) const;

    ClusterConfig cluster_;
    MakeHttpClient make_http_;
    std::string identity_;
    std::shared_ptr<base::FairQueue> queue_;
    RequestObserver observer_;
    base::Clock& clock_;
    base::Rng& rng_;
    std::string host_;
    std::shared_ptr<http::Client> http_;
    std::shared_ptr<const ClientCertificate> certificate_;  // the one that http_ was made with
};

}  // namespace kube
