// SPDX-License-Identifier: 0BSD
// An exchange with a service that a token opens.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "io/kms/ambient/oauth.hpp"
#include "io/kms/ambient/secret_json.hpp"
#include "io/kms/ambient/service_call.hpp"

namespace kms_ambient {

// As call(), with `token` as bearer; answers the body. Errors: those of call(), and refusal() with the service's word; of a 401
// `credentials` (which outlive the task) learn that the token was refused.
template <class Credentials>
base::Task<base::Secret> call_with_token(http::Client& client, Credentials& credentials,
                                         std::shared_ptr<const base::Secret> token, http::Request request,
                                         std::string service) {
    request.bearer = token;
    auto answer = co_await call(client, std::move(request), service);
    if (!answer) {
        co_return answer.error();
    }
    if (answer->ok()) {
        co_return std::move(answer->body);
    }
    if (answer->status == 401) {
        credentials.refused(token);
    }
    co_return refusal(service, answer->status, json_error_word(parse_secret_json(answer->body.reveal())));
}

}  // namespace kms_ambient
