// SPDX-License-Identifier: 0BSD
// AWS' Key Management Service.
#pragma once

#include "io/kms/ambient/aws_credentials.hpp"
#include "rules/sops/metadata.hpp"

namespace kms_ambient {

class AwsKms {
public:
    explicit AwsKms(Surroundings& surroundings) : surroundings_(surroundings), credentials_(surroundings) {}

    // Asks the service of the region in the key's ARN. Errors: those of kms::KeyService::decrypt and of AwsCredentials::get.
    base::Task<base::Secret> decrypt(sops::AwsKmsKey key);

private:
    Surroundings& surroundings_;
    AwsCredentials credentials_;
};

}  // namespace kms_ambient
