// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/download.hpp"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "io/artifact/fetch/resume.hpp"
#include "io/http/retry_after.hpp"

namespace artifact {

namespace {

using base::Error;
using base::ErrorCode;

// Hashing so much takes about as long as the way to the pool and back.
constexpr std::size_t kHandOverBytes = std::size_t{256} << 10U;

struct AppendJob {
    std::shared_ptr<Spool> spool;
    std::string piece;
    base::Result<void> operator()() const { return spool->append(piece); }
};

Error refusal(int status) {
    const auto code = [status] {
        switch (status) {
            case 404:
            case 410: return ErrorCode::kNotFound;
            case 401:
            case 403: return ErrorCode::kForbidden;
            case 408:
            case 429: return ErrorCode::kUnavailable;
            default: return status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kInvalid;
        }
    };
    return {code(), fmt::format("the server answered {}", status)};
}

// Whether another attempt, soon, may go better.
bool may_pass(ErrorCode code) {
    return code == ErrorCode::kUnavailable || code == ErrorCode::kDeadlineExceeded;
}

std::size_t declared_length(const http::Response& head) {
    const std::string_view text = head.header("Content-Length");
    std::size_t length = 0;
    std::from_chars(text.data(), text.data() + text.size(), length);
    return length;
}

}  // namespace

std::string_view shown(std::string_view url) { return url.substr(0, url.find_first_of("?#")); }

Download::Download(Runtime runtime, DownloadOptions options, std::string url)
    : with_(std::move(runtime)),
      options_(std::move(options)),
      url_(std::move(url)),
      spool_(std::make_shared<Spool>(options_.spool_directory)) {}

void Download::start_over() {
    spool_ = std::make_shared<Spool>(options_.spool_directory);
    pending_.clear();
    validator_.clear();
    was_resumed_ = false;
}

void Download::take_whole_only() {
    start_over();
    may_resume_ = false;
}

Error Download::too_long() const {
    return {ErrorCode::kLimitExceeded,
            fmt::format("the archive is longer than {} bytes", options_.archive_bytes_max)};
}

base::Task<std::shared_ptr<Spool>> Download::run() {
    for (int attempt = 1;; ++attempt) {
        auto got = co_await try_once();
        if (got) {
            co_return spool_;
        }
        const auto pause = pause_before(attempt + 1, got.error());
        if (!pause) {
            co_return got.error();
        }
        with_.log.debug("download is tried again", {{"url", shown(url_)}, {"error", got.error().text()}});
        if (auto slept = co_await with_.clock.sleep_for(*pause); !slept) {
            co_return slept.error();
        }
    }
}

// nullopt: there is no such attempt.
std::optional<base::Duration> Download::pause_before(int attempt, const Error& error) {
    if (!may_pass(error.code) || attempt > kAttemptsMax) {
        return std::nullopt;
    }
    const base::Duration asked = asked_pause_.value_or(base::Duration::zero());
    // Never earlier than the server asked for, and not all at once.
    const base::Duration pause = asked + with_.rng.jitter(kPauseFirst * (1 << (attempt - 2)), 0.5);
    const bool in_time = with_.clock.steady_now() + pause < options_.deadline;
    return asked <= kPauseAskedMax && in_time ? std::optional(pause) : std::nullopt;
}

base::Task<void> Download::try_once() {
    asked_pause_.reset();
    http::Request request;
    request.url = url_;
    request.redirects_max = options_.redirects_max;
    request.timeout = kSilenceMax;
    request.idle_timeout = kSilenceMax;
    const std::size_t known = may_resume_ ? have() : 0;
    if (known > 0) {
        request.headers = range_headers(known, validator_);
    }
    auto stream = co_await with_.client.open(std::move(request));
    if (!stream) {
        co_return stream.error();
    }
    const http::Response head{.status = (*stream)->status(), .headers = (*stream)->headers(), .body = {}};
    if (auto begun = begin(head, known); !begun) {
        co_return begun;
    }
    if (auto read = co_await read_body(**stream); !read) {
        co_return read;
    }
    co_return co_await hand_over();
}

// Judges the head of an answer, and makes ready for its body.
base::Result<void> Download::begin(const http::Response& head, std::size_t known) {
    if (head.status == 200) {
        start_over();
        validator_ = validator_of(head);
    } else if (known > 0 && head.status == 206 && continues(head, known, validator_)) {
        was_resumed_ = true;
    } else if (known > 0 && (head.status == 206 || head.status == 416)) {
        start_over();
        return Error{ErrorCode::kUnavailable, "the server does not go on where the download broke off"};
    } else {
        asked_pause_ = http::parse_retry_after(head.header("Retry-After"), with_.clock.now());
        return refusal(head.status);
    }
    const std::size_t length = declared_length(head);
    return length > options_.archive_bytes_max - have() ? too_long() : base::Result<void>{};
}

base::Task<void> Download::read_body(http::Stream& stream) {
    while (true) {  // bounded by archive_bytes_max, for no piece is empty
        auto piece = co_await stream.read();
        if (!piece) {
            co_return piece.error();
        }
        if (piece->empty()) {
            co_return base::Result<void>{};
        }
        if (piece->size() > options_.archive_bytes_max - have()) {
            co_return too_long();
        }
        pending_ += *piece;
        if (pending_.size() >= kHandOverBytes) {
            if (auto handed = co_await hand_over(); !handed) {
                co_return handed;
            }
        }
    }
}

// A failed write leaves the spool useless.
base::Task<void> Download::hand_over() {
    auto appended = co_await with_.compute.run(AppendJob{spool_, std::exchange(pending_, {})});
    if (!appended && appended.error().code != ErrorCode::kCancelled) {
        start_over();
    }
    co_return appended;
}

}  // namespace artifact
