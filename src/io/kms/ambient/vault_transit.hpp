// SPDX-License-Identifier: 0BSD
// The transit engine of HashiCorp Vault (and of OpenBao, which speaks the same).
#pragma once

#include "io/kms/ambient/surroundings.hpp"
#include "rules/sops/metadata.hpp"

namespace kms_ambient {

class VaultTransit {
public:
    explicit VaultTransit(Surroundings& surroundings) : surroundings_(surroundings) {}

    // Asks the Vault of VAULT_ADDR, with VAULT_TOKEN or the token of ~/.vault-token; both are read at each call. Errors: those
    // of kms::KeyService::decrypt; kForbidden also when the key lives in another Vault, kNotFound without VAULT_ADDR or token.
    base::Task<base::Secret> decrypt(sops::VaultKey key);

private:
    base::Result<base::Secret> token() const;
    base::Result<std::string> roots() const;
    base::Result<http::Request> request(const sops::VaultKey& key) const;

    Surroundings& surroundings_;
};

}  // namespace kms_ambient
