// SPDX-License-Identifier: 0BSD
// AWS' Security Token Service: keys of a role for an hour.
#pragma once

#include "io/kms/ambient/aws_signature.hpp"
#include "io/kms/ambient/credential_cache.hpp"
#include "io/kms/ambient/surroundings.hpp"

namespace kms_ambient {

using AwsKeysPtr = std::shared_ptr<const AwsKeys>;

struct WebIdentity {
    std::string role;
    base::Secret token;  // of an OpenID Connect provider: the projected token of a service account
};

// Errors of both: kForbidden (the service refused), kUnavailable, kDeadlineExceeded, kInvalid (its answer), kCancelled.
// Region: whose endpoint is asked. The keys count in all regions.
base::Task<Issued<AwsKeys>> assume_role_with_web_identity(Surroundings& surroundings, WebIdentity identity,
                                                          std::string region);
base::Task<Issued<AwsKeys>> assume_role(Surroundings& surroundings, std::string role, AwsKeysPtr keys,
                                        std::string region);

}  // namespace kms_ambient
