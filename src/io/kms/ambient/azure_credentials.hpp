// SPDX-License-Identifier: 0BSD
// Tokens of Microsoft Entra ID: for an application, by its secret or the token of a workload; or for the machine's identity.
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
    // AZURE_AUTHORITY_HOST (else the public cloud's). Without secret and token: for the managed identity of the machine (with
    // several, the one of AZURE_CLIENT_ID), from the metadata server (AZURE_POD_IDENTITY_AUTHORITY_HOST, else 169.254.169.254).
    // Errors: kNotFound (tenant or application is missing), kInvalid (malformed), those of ask_for_token.
    base::Task<TokenPtr> token(std::string scope);
    void refused(const TokenPtr& token);

private:
    using Cache = CredentialCache<base::Secret>;

    base::Task<Issued<base::Secret>> issue(std::string scope);
    base::Result<http::Request> request(const std::string& scope) const;
    base::Task<Issued<base::Secret>> from_metadata_server(std::string scope);

    Surroundings& surroundings_;
    std::map<std::string, Cache> caches_;  // by scope
};

}  // namespace kms_ambient
