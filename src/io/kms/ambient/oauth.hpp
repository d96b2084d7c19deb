// SPDX-License-Identifier: 0BSD
// Access tokens as OAuth 2.0 servers hand them out (RFC 6749 §5): Google's and Microsoft's.
#pragma once

#include <memory>
#include <string>

#include "base/secret.hpp"
#include "io/kms/ambient/credential_cache.hpp"
#include "io/kms/ambient/surroundings.hpp"
#include "model/value.hpp"

namespace kms_ambient {

using TokenPtr = std::shared_ptr<const base::Secret>;

// Sends `request`, which asks for a token, and reads access_token and expires_in (seconds) of the answer. `service` names the
// server in errors: kForbidden (refused), kUnavailable, kDeadlineExceeded, kInvalid (its answer), kCancelled.
base::Task<Issued<base::Secret>> ask_for_token(Surroundings& surroundings, http::Client& client,
                                               http::Request request, std::string service);

// The word of `{"error": "word"}`, `{"error": {"code": "word"}}` or `{"error": {"status": "word"}}`, else empty.
std::string_view json_error_word(const model::Value& body);

}  // namespace kms_ambient
