// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/caller.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "io/http/retry_after.hpp"
#include "io/kube/errors.hpp"

namespace kube {

namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ErrorCode;

constexpr base::Duration kBackoffFirst = 100ms;
constexpr base::Duration kBackoffMax = 5s;
// A server that asks for more is treated as down: better to report it than to sit silent.
constexpr std::chrono::seconds kRetryAfterMax = 30s;
// Of a refused watch: a Status.
constexpr std::size_t kRefusalBytesMax = std::size_t{64} << 10U;

std::string_view host_of(std::string_view url) {
    const auto scheme = url.find("://");
    url.remove_prefix(scheme == std::string_view::npos ? 0 : scheme + 3);
    return url.substr(0, url.find('/'));
}

// Whether sending again can help and does no harm.
bool may_repeat(Call::Repeat repeat, const Error& error) {
    const StatusDetail* status = status_of(error);
    if (status == nullptr) {
        // The connection failed: nobody knows whether the server did it.
        return error.code == ErrorCode::kUnavailable && repeat != Call::Repeat::kNever;
    }
    switch (status->http_status) {
        case 429: return true;
        case 503: return status->retry_after.has_value() || repeat != Call::Repeat::kNever;
        case 502:
        case 504: return repeat != Call::Repeat::kNever;
        default: return status->http_status >= 500 && repeat == Call::Repeat::kAlways;
    }
}

// A client that was replaced ends its streams when it goes: each stream keeps the one that it came from.
class OwningStream final : public http::Stream {
public:
    OwningStream(std::shared_ptr<http::Client> http, std::unique_ptr<http::Stream> stream)
        : http_(std::move(http)), stream_(std::move(stream)) {}
    int status() const override { return stream_->status(); }
    const std::vector<http::Header>& headers() const override { return stream_->headers(); }
    base::Task<std::string> read() override { return stream_->read(); }

private:
    std::shared_ptr<http::Client> http_;
    std::unique_ptr<http::Stream> stream_;
};

// That there are no credentials, for their account is gone or may have none, must not pass for what the server says of the object
// that was asked for: "not found" would mean that it is gone.
Error credential_error(Error error) {
    error.detail = nullptr;
    switch (error.code) {
        case ErrorCode::kCancelled:
        case ErrorCode::kDeadlineExceeded:
        case ErrorCode::kUnavailable:
        case ErrorCode::kUnauthorized: return error;
        case ErrorCode::kInvalid:
        case ErrorCode::kNotFound:
        case ErrorCode::kAlreadyExists:
        case ErrorCode::kConflict:
        case ErrorCode::kGone:
        case ErrorCode::kForbidden:
        case ErrorCode::kLimitExceeded:
        case ErrorCode::kUnsupported:
        case ErrorCode::kInternal: break;
    }
    error.code = ErrorCode::kUnauthorized;
    return error;
}

bool is_success(int status) { return status >= 200 && (status < 300 || status == 304); }

}  // namespace

struct Caller::Attempts {
    int retry_count = 0;
    bool renewed = false;  // the credentials, after a 401
    base::SteadyTime begun;
};

Caller::Caller(Options options, base::Clock& clock, base::Rng& rng)
    : cluster_(std::move(options.cluster)),
      make_http_(std::move(options.make_http)),
      identity_(std::move(options.identity)),
      queue_(std::move(options.queue)),
      observer_(std::move(options.observer)),
      clock_(clock),
      rng_(rng),
      host_(host_of(cluster_.server)) {}

std::shared_ptr<http::Client> Caller::http_for(const Credential& credential) {
    if (http_ == nullptr || credential.certificate != certificate_) {
        http::ClientOptions options;
        options.tls = clone_tls(cluster_.tls);
        options.proxy = cluster_.proxy;
        options.user_agent = cluster_.user_agent;
        if (credential.certificate != nullptr) {
            options.tls.client_certificate_pem = credential.certificate->certificate_pem;
            options.tls.client_key_pem = credential.certificate->key_pem.clone();
        }
        certificate_ = credential.certificate;
        http_ = make_http_(std::move(options));
    }
    return http_;
}

http::Request Caller::request_of(const Call& call, const Credential& credential) const {
    http::Request request;
    request.method = call.method;
    request.url = cluster_.server + call.path;
    request.headers.reserve(2 + call.headers.size() + credential.headers.size());
    request.headers.push_back({"Accept", call.accept});
    if (!call.content_type.empty()) {
        request.headers.push_back({"Content-Type", call.content_type});
    }
    request.headers.insert(request.headers.end(), call.headers.begin(), call.headers.end());
    request.headers.insert(request.headers.end(), credential.headers.begin(), credential.headers.end());
    request.body = call.body;
    request.bearer = credential.bearer;
    request.timeout = cluster_.request_timeout.value_or(call.timeout);
    request.body_bytes_max = cluster_.answer_bytes_max;
    return request;
}

void Caller::observe(const Call& call, int status, base::SteadyTime start) const {
    if (observer_) {
        const std::string code = status == 0 ? std::string("<error>") : std::to_string(status);
        observer_({call.method, code, host_, clock_.steady_now() - start});
    }
}

base::Task<http::Response> Caller::send_once(CallPtr call, CredentialPtr credential, base::SteadyTime begun) {
    const auto slot = co_await queue_->acquire(identity_);
    if (!slot) {
        co_return slot.error();
    }
    const auto start = clock_.steady_now();
    // Held for the whole exchange: a renewed certificate replaces the member.
    const auto http = http_for(*credential);
    auto request = request_of(*call, *credential);
    if (call->limit) {
        request.timeout = std::clamp(*call->limit - (start - begun), base::Duration(1ms), *request.timeout);
    }
    auto response = co_await http->send(std::move(request));
    observe(*call, response ? response->status : 0, start);
    if (!response || is_success(response->status)) {
        co_return response;
    }
    co_return error_from_response(response->status, response->body,
                                  http::parse_retry_after(response->header("Retry-After"), clock_.now()));
}

base::Task<std::unique_ptr<http::Stream>> Caller::open_once(CallPtr call, CredentialPtr credential,
                                                            base::Duration idle_timeout) {
    const auto start = clock_.steady_now();
    const auto http = http_for(*credential);
    auto request = request_of(*call, *credential);
    request.idle_timeout = idle_timeout;
    auto stream = co_await http->open(std::move(request));
    observe(*call, stream ? (*stream)->status() : 0, start);
    if (!stream) {
        co_return stream;
    }
    if (is_success((*stream)->status())) {
        co_return std::make_unique<OwningStream>(http, std::move(*stream));
    }
    http::Response refusal{(*stream)->status(), (*stream)->headers(), {}};
    while (refusal.body.size() < kRefusalBytesMax) {
        const auto piece = co_await (*stream)->read();
        if (!piece && piece.error().code == ErrorCode::kCancelled) {
            co_return piece.error();
        }
        if (!piece || piece->empty()) {
            break;
        }
        refusal.body += *piece;
    }
    co_return error_from_response(refusal.status, refusal.body,
                                  http::parse_retry_after(refusal.header("Retry-After"), clock_.now()));
}

// Ok when the call shall be sent again (after the wait that it needed); else the error to report.
base::Task<void> Caller::before_retry(CallPtr call, CredentialPtr used, Error error, Attempts& attempts) {
    if (error.code == ErrorCode::kUnauthorized) {
        if (std::exchange(attempts.renewed, true)) {
            co_return error;
        }
        cluster_.credentials->refused(used);
        const auto fresh = co_await cluster_.credentials->current();
        if (!fresh) {
            co_return credential_error(fresh.error());
        }
        co_return *fresh == used ? base::Result<void>(std::move(error)) : base::Result<void>{};
    }
    if (!may_repeat(call->repeat, error) || attempts.retry_count >= cluster_.retries_max) {
        co_return error;
    }
    base::Duration delay = std::min(kBackoffFirst * (1 << attempts.retry_count), kBackoffMax);
    ++attempts.retry_count;
    delay = rng_.jitter(delay, 0.5);
    if (const auto* status = status_of(error); status != nullptr && status->retry_after) {
        if (*status->retry_after > kRetryAfterMax) {
            co_return error;
        }
        // Never earlier than the server asked for, and not all at once.
        delay += *status->retry_after;
    }
    if (call->limit && clock_.steady_now() + delay - attempts.begun >= *call->limit) {
        co_return error;
    }
    co_return co_await clock_.sleep_for(delay);
}

base::Task<http::Response> Caller::send(Call call) {
    const auto request = std::make_shared<const Call>(std::move(call));
    Attempts attempts;
    attempts.begun = clock_.steady_now();
    for (;;) {  // bounded by retries_max and one renewal
        const auto credential = co_await cluster_.credentials->current();
        if (!credential) {
            co_return credential_error(credential.error());
        }
        auto response = co_await send_once(request, *credential, attempts.begun);
        if (response) {
            co_return response;
        }
        if (auto again = co_await before_retry(request, *credential, std::move(response.error()), attempts);
            !again) {
            co_return again.error();
        }
    }
}

base::Task<std::unique_ptr<http::Stream>> Caller::open(Call call, base::Duration idle_timeout) {
    const auto request = std::make_shared<const Call>(std::move(call));
    Attempts attempts;
    for (;;) {  // bounded by retries_max and one renewal
        const auto credential = co_await cluster_.credentials->current();
        if (!credential) {
            co_return credential_error(credential.error());
        }
        auto stream = co_await open_once(request, *credential, idle_timeout);
        if (stream) {
            co_return stream;
        }
        if (auto again = co_await before_retry(request, *credential, std::move(stream.error()), attempts);
            !again) {
            co_return again.error();
        }
    }
}

}  // namespace kube
