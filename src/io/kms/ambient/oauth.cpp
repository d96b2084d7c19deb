// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/oauth.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "io/kms/ambient/secret_json.hpp"
#include "io/kms/ambient/service_call.hpp"

namespace kms_ambient {

namespace {

// Longer lives are treated as this one: a number of a server must not overflow a time.
constexpr std::int64_t kLifeSecondsMax = 24 * 3600;

// A number, or its text, as Azure's metadata server writes it; 0 when it is neither.
std::int64_t life_seconds(const model::Value& body) {
    const auto text = model::find_string(body, {"expires_in"});
    std::int64_t life = model::find_integer(body, {"expires_in"}).value_or(0);
    if (!text.empty()) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), life);
        life = error == std::errc() && end == text.data() + text.size() ? life : 0;
    }
    return std::clamp(life, std::int64_t{0}, kLifeSecondsMax);
}

}  // namespace

base::Task<Issued<base::Secret>> ask_for_token(Surroundings& surroundings, http::Client& client,
                                               http::Request request, std::string service) {
    const auto asked = surroundings.clock().now();
    const auto answer = co_await call(client, std::move(request), service);
    if (!answer) {
        co_return answer.error();
    }
    const auto body = parse_secret_json(answer->body.reveal());
    if (!answer->ok()) {
        co_return refusal(service, answer->status, json_error_word(body));
    }
    auto token = token_of(model::find_string(body, {"access_token"}), service);
    const std::chrono::seconds life(life_seconds(body));
    if (!token || life.count() == 0) {
        co_return malformed_answer(service);
    }
    co_return Issued<base::Secret>{std::move(*token), asked + life};
}

std::string_view json_error_word(const model::Value& body) {
    if (const auto word = model::find_string(body, {"error"}); !word.empty()) {
        return word;
    }
    // Google's code is a number and its status the word; Microsoft's code is the word.
    const auto word = model::find_string(body, {"error", "status"});
    return word.empty() ? model::find_string(body, {"error", "code"}) : word;
}

}  // namespace kms_ambient
