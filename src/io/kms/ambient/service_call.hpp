// SPDX-License-Identifier: 0BSD
// One exchange with a service, bounded, and what a refusal means to the caller.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "base/task.hpp"
#include "io/http/client.hpp"

namespace kms_ambient {

struct Answer {
    int status = 0;
    base::Secret body;  // keys and tokens come in answers

    bool ok() const { return status >= 200 && status < 300; }
};

// Sends `request` with this module's bounds on size and, unless it has one of its own, on time; redirects are not followed. Any
// status but a redirect is an answer. Errors: kUnavailable, kDeadlineExceeded, kForbidden (a refused address, a redirect),
// kInvalid (an answer too long), kCancelled; each names `service`.
base::Task<Answer> call(http::Client& client, http::Request request, std::string service);

// What an answer that is not ok() means. `word` is the service's own for the error and may be empty; it is printed only when it
// looks like one. 408, 429 and 5xx: kUnavailable; all else: kForbidden.
base::Error refusal(std::string_view service, int status, std::string_view word);
// The same with a code that the word decides.
base::Error refusal(base::ErrorCode code, std::string_view service, int status, std::string_view word);

// The answer is not what the service promises.
base::Error malformed_answer(std::string_view service);

http::Request json_post(std::string url, std::string body);
http::Request form_post(std::string url, std::string form);

}  // namespace kms_ambient
