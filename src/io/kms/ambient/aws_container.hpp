// SPDX-License-Identifier: 0BSD
// Keys that an agent beside the pod hands out: EKS Pod Identity, and ECS.
#pragma once

#include "io/kms/ambient/aws_signature.hpp"
#include "io/kms/ambient/credential_cache.hpp"
#include "io/kms/ambient/surroundings.hpp"

namespace kms_ambient {

// Whether AWS_CONTAINER_CREDENTIALS_FULL_URI or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI says that there is such an agent.
bool has_container_agent(const Surroundings& surroundings);

// The keys of the pod's role. The agent is authorised by the text of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, else by
// AWS_CONTAINER_AUTHORIZATION_TOKEN. Errors: kInvalid (a malformed variable or answer), kForbidden (the URL is neither https nor
// that of an agent on this machine; the agent refused), kNotFound (no token file), kUnavailable, kDeadlineExceeded, kCancelled.
base::Task<Issued<AwsKeys>> keys_of_container(Surroundings& surroundings);

}  // namespace kms_ambient
