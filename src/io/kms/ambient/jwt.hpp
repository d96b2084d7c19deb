// SPDX-License-Identifier: 0BSD
// JSON Web Tokens that a service account signs with its RSA key (RS256, RFC 7518 §3.3).
#pragma once

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "model/value.hpp"

namespace kms_ambient {

// "header.claims.signature" in base64url. `key_id` becomes the header's "kid" unless it is empty; `key_pem` is a private key in
// PKCS #8 or PKCS #1. Errors: kInvalid (no RSA key); the message does not quote it.
base::Result<base::Secret> signed_token(const model::Object& claims, const std::string& key_id,
                                        const base::Secret& key_pem);

}  // namespace kms_ambient
