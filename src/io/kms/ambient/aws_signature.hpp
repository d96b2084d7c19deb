// SPDX-License-Identifier: 0BSD
// Signature Version 4 of AWS, for requests without a query.
#pragma once

#include <string>

#include "base/secret.hpp"
#include "base/time.hpp"
#include "io/http/client.hpp"
#include "io/kms/ambient/endpoint.hpp"

namespace kms_ambient {

struct AwsKeys {
    std::string access_key_id;
    base::Secret secret_access_key;
    base::Secret session_token;  // empty for a user's own keys
};

struct AwsScope {
    std::string region;   // "eu-central-1"
    std::string service;  // "kms"
};

// Signs `request`, which goes to `endpoint`'s URL with a "/" behind it, with all headers that it has: adds X-Amz-Date,
// X-Amz-Security-Token when there is one, and Authorization. The rules: AWS' page on creating a signed API request.
void sign(http::Request& request, const Endpoint& endpoint, const AwsKeys& keys, const AwsScope& scope,
          base::WallTime now);

}  // namespace kms_ambient
