// SPDX-License-Identifier: 0BSD
// Azure's Key Vault and Managed HSM.
#pragma once

#include "io/kms/ambient/azure_credentials.hpp"
#include "io/kms/ambient/endpoint.hpp"
#include "rules/sops/metadata.hpp"

namespace kms_ambient {

struct AzureVaultPlace {
    Endpoint endpoint;
    std::string scope;  // of the token that it takes
};

// Where the vault of `url` is. It is one name below a domain where only Azure gives out names ("https://team.vault.azure.net"),
// or one of `allowed`, the operator's list of URLs separated by commas. Errors: kInvalid (no URL), kForbidden (another host).
base::Result<AzureVaultPlace> azure_vault_place(std::string_view url, std::string_view allowed);

class AzureVault {
public:
    explicit AzureVault(Surroundings& surroundings)
        : surroundings_(surroundings), credentials_(surroundings) {}

    // Asks the key's vault; STAGESET_AZURE_VAULT_URLS lists further ones. Errors: those of kms::KeyService::decrypt, of
    // azure_vault_place and of AzureCredentials::token.
    base::Task<base::Secret> decrypt(sops::AzureKey key);

private:
    Surroundings& surroundings_;
    AzureCredentials credentials_;
};

}  // namespace kms_ambient
