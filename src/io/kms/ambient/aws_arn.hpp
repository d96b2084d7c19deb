// SPDX-License-Identifier: 0BSD
// Amazon resource names of keys and roles, and where the services of a region are.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "io/kms/ambient/endpoint.hpp"
#include "io/kms/ambient/surroundings.hpp"

namespace kms_ambient {

// True for names such as "us-east-1" and "us-gov-west-1": at least two words of lower-case letters, then digits, joined by "-".
// A region becomes part of a host's name.
bool is_aws_region(std::string_view text);

// The region of "arn:PARTITION:kms:REGION:ACCOUNT:key/…" or "…:alias/…". Errors: kInvalid (no such ARN, or partition and region
// do not belong together), kUnsupported (an isolated partition, whose hosts are not public).
base::Result<std::string> region_of_key(std::string_view arn);

// Ok for "arn:PARTITION:iam::ACCOUNT:role/…". Errors: kInvalid.
base::Result<void> check_role(std::string_view arn);

// Where `service` ("kms", "sts") of that region is: the operator's AWS_ENDPOINT_URL_KMS and the like, or else AWS_ENDPOINT_URL,
// or else the public host. Errors: kInvalid (a variable's URL).
base::Result<Endpoint> aws_endpoint(const Surroundings& surroundings, std::string_view service,
                                    std::string_view region);

}  // namespace kms_ambient
