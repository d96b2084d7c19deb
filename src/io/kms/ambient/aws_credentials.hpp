// SPDX-License-Identifier: 0BSD
// Whose keys sign requests to AWS: those of the environment, of a role, of the pod or of a profile; and roles that those assume.
#pragma once

#include <list>
#include <string>

#include "io/kms/ambient/aws_sts.hpp"
#include "io/kms/ambient/credential_cache.hpp"
#include "io/kms/ambient/surroundings.hpp"

namespace kms_ambient {

// What a key of a file asks for; all of it may be empty.
struct AwsIdentity {
    std::string role;
    std::string profile;
    std::string region;  // of the key: the Security Token Service is asked there unless AWS_REGION says where

    bool operator==(const AwsIdentity&) const = default;
};

class AwsCredentials {
public:
    explicit AwsCredentials(Surroundings& surroundings)
        : surroundings_(surroundings),
          web_identity_(surroundings.executor(), surroundings.clock()),
          container_(surroundings.executor(), surroundings.clock()) {}

    // The keys of `identity`. With a profile: that profile's. Else the first of: AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY,
    // AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN, the profile AWS_PROFILE or "default", the agent beside the container. A role
    // is assumed with those. Errors: kNotFound (no keys), kInvalid (a role that is none; half a pair of keys), kUnsupported (a
    // profile that takes its credentials from elsewhere), those of keys_of_container and of the Security Token Service.
    base::Task<AwsKeysPtr> get(AwsIdentity identity);
    // AWS did not take these keys: new ones are asked for next time.
    void refused(const AwsKeysPtr& keys);

private:
    using Cache = CredentialCache<AwsKeys>;
    struct Assumed {
        AwsIdentity identity;
        std::shared_ptr<Cache> cache;
    };

    base::Task<AwsKeysPtr> own(std::string profile, std::string region);
    base::Task<AwsKeysPtr> by_web_identity(std::string region);
    base::Task<Issued<AwsKeys>> exchange_token(std::string region);
    base::Task<Issued<AwsKeys>> assume(AwsIdentity identity, std::string region);
    base::Result<AwsKeysPtr> of_profile(const std::string& name) const;
    std::shared_ptr<Cache> cache_of(const AwsIdentity& identity);

    Surroundings& surroundings_;
    Cache web_identity_;
    Cache container_;
    std::list<Assumed> assumed_;  // the one used last in front
};

}  // namespace kms_ambient
