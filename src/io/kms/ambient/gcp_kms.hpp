// SPDX-License-Identifier: 0BSD
// Google's Cloud Key Management Service.
#pragma once

#include "io/kms/ambient/gcp_credentials.hpp"
#include "rules/sops/metadata.hpp"

namespace kms_ambient {

class GcpKms {
public:
    explicit GcpKms(Surroundings& surroundings) : surroundings_(surroundings), credentials_(surroundings) {}

    // Asks cloudkms.googleapis.com, or the operator's SOPS_GCP_KMS_ENDPOINT. Errors: those of kms::KeyService::decrypt and of
    // GcpCredentials::token.
    base::Task<base::Secret> decrypt(sops::GcpKmsKey key);

private:
    base::Result<std::string> url_of(std::string_view resource) const;

    Surroundings& surroundings_;
    GcpCredentials credentials_;
};

}  // namespace kms_ambient
