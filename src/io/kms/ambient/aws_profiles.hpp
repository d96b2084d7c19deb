// SPDX-License-Identifier: 0BSD
// The shared credentials file of AWS' programs: keys by profile.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "io/kms/ambient/aws_signature.hpp"

namespace kms_ambient {

// The keys of the profile `name` in `file` ("[name]", then "aws_access_key_id = …", "aws_secret_access_key = …" and perhaps
// "aws_session_token = …"; "#" and ";" begin comments). The last mention of a setting counts.
// Errors: kNotFound (no such profile), kUnsupported (it takes its credentials from elsewhere: credential_process, role_arn, …),
// kInvalid (half a pair of keys). The name is printed only when it is a plain word.
base::Result<AwsKeys> keys_of_profile(std::string_view file, std::string_view name);

}  // namespace kms_ambient
