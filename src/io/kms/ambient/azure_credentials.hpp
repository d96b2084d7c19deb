// SPDX-License-Identifier: 0BSD
// Tokens of Microsoft Entra ID for an application: by its secret, or by the token of a workload (federated credentials).
#pragma once

#include <map>
#include <string>

#include "io/kms/ambient/oauth.hpp"

namespace kms_ambient {

class AzureCredentials {
public:
    explicit AzureCredentials(Surroundings& surroundings) : surroundings_(surroundings) {}

    // A token for `scope` ("https://vault.azure.net/.default"), of which there is one for each cloud. For the application
    // AZURE_CLIENT_ID of AZURE_TENANT_ID, with AZURE_CLIENT_SECRET or else the token in AZURE_FEDERATED_TOKEN_FILE, from
    // AZURE_AUTHORITY_HOST (else the public cloud's). Errors: kNotFound (one of these is missing), kInvalid (malformed), those
    // of ask_for_token.
    base::Task<TokenPtr> token(std::string scope);
    void refused(const TokenPtr& token);

private:
    using Cache = CredentialCache<base::Secret>;

    base::Task<Issued<base::Secret>> issue(std::string scope);
    base::Result<http::Request> request(const std::string& scope) const;

    Surroundings& surroundings_;
    std::map<std::string, Cache> caches_;  // by scope
};

}  // namespace kms_ambient
