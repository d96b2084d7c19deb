// SPDX-License-Identifier: 0BSD
// Port: the services that hold the keys which lock a file's data key: AWS KMS, GCP KMS, Azure Key Vault, HashiCorp Vault.
#pragma once

#include "base/secret.hpp"
#include "base/task.hpp"
#include "rules/sops/metadata.hpp"

namespace kms {

class KeyService {
public:
    virtual ~KeyService() = default;
    // The data key, or the share of it, that `key` locks; opened by the service that the key names, with the credentials of
    // the process. `key` comes from a file of strangers: it decides neither which hosts get credentials nor which scheme.
    //
    // Errors (no message holds a credential, nor what a service says beyond its word for the error):
    //   kUnsupported       age and OpenPGP keys; a kind of key or of credentials that is not known here
    //   kInvalid           the key's address, ARN or text is malformed, or the service's answer is
    //   kNotFound          no credentials for that service are at hand
    //   kForbidden         the service, or an address rule, refused
    //   kUnavailable, kDeadlineExceeded   try again later
    //   kCancelled
    virtual base::Task<base::Secret> decrypt(sops::MasterKey key) = 0;
};

}  // namespace kms
