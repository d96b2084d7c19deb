// SPDX-License-Identifier: 0BSD
// Google's application default credentials, as far as a controller has them: a service account's key, or the metadata server.
#pragma once

#include <string>

#include "io/kms/ambient/oauth.hpp"

namespace kms_ambient {

class GcpCredentials {
public:
    explicit GcpCredentials(Surroundings& surroundings)
        : surroundings_(surroundings), cache_(surroundings.executor(), surroundings.clock()) {}

    // A token for Cloud KMS. From the first of: GOOGLE_CREDENTIALS (a key file's text or its path),
    // GOOGLE_APPLICATION_CREDENTIALS (its path), the metadata server (GCE_METADATA_HOST, else metadata.google.internal).
    // Errors: kInvalid (no key file), kUnsupported (another kind of credentials, named), kNotFound, those of ask_for_token.
    base::Task<TokenPtr> token();
    void refused(const TokenPtr& token) { cache_.refused(token); }

private:
    struct KeyFile {
        base::Secret text;
        std::string where;  // the variable that led to it
    };

    base::Task<Issued<base::Secret>> issue();
    base::Result<KeyFile> key_file() const;
    base::Result<http::Request> grant(const KeyFile& file) const;
    base::Task<Issued<base::Secret>> from_metadata_server();

    Surroundings& surroundings_;
    CredentialCache<base::Secret> cache_;
};

}  // namespace kms_ambient
