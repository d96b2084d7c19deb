// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/service_call.hpp"

#include <utility>

#include <fmt/format.h>

#include "io/kms/ambient/text.hpp"

namespace kms_ambient {

namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ErrorCode;

// A key service answers within a second; a stage waits for it.
constexpr base::Duration kExchangeMax = 30s;
// A data key or a token with its description takes a few KiB.
constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 10U;

http::Request post(std::string url, std::string content_type, std::string body) {
    return {.method = "POST",
            .url = std::move(url),
            .headers = {{"Content-Type", std::move(content_type)}},
            .body = std::move(body)};
}

}  // namespace

base::Task<Answer> call(http::Client& client, http::Request request, std::string service) {
    request.timeout = request.timeout.value_or(kExchangeMax);
    request.body_bytes_max = kAnswerBytesMax;
    request.redirects_max = 0;
    auto response = co_await client.send(std::move(request));
    if (!response) {
        if (response.error().code == ErrorCode::kCancelled) {
            co_return response.error();
        }
        if (response.error().code == ErrorCode::kLimitExceeded) {
            co_return malformed_answer(service);
        }
        co_return base::wrap(std::move(service), std::move(response.error()));
    }
    Answer answer{response->status, base::Secret(std::move(response->body))};
    if (answer.status >= 300 && answer.status < 400) {
        co_return Error{
            ErrorCode::kForbidden,
            fmt::format("{} answered with a redirect ({}), which is not followed", service, answer.status)};
    }
    co_return answer;
}

Error refusal(std::string_view service, int status, std::string_view word) {
    const bool may_pass = status == 408 || status == 429 || status >= 500;
    return refusal(may_pass ? ErrorCode::kUnavailable : ErrorCode::kForbidden, service, status, word);
}

Error refusal(ErrorCode code, std::string_view service, int status, std::string_view word) {
    const auto printable = error_word(word);
    const auto verb = code == ErrorCode::kUnavailable ? "cannot answer now" : "refused";
    return {code, printable.empty() ? fmt::format("{} {} (status {})", service, verb, status)
                                    : fmt::format("{} {}: {} (status {})", service, verb, printable, status)};
}

Error malformed_answer(std::string_view service) {
    return {ErrorCode::kInvalid, fmt::format("the answer of {} is not what it should be", service)};
}

http::Request json_post(std::string url, std::string body) {
    return post(std::move(url), "application/json", std::move(body));
}

http::Request form_post(std::string url, std::string form) {
    return post(std::move(url), "application/x-www-form-urlencoded", std::move(form));
}

}  // namespace kms_ambient
