// SPDX-License-Identifier: 0BSD
// Credentials: who a request is sent as, renewed while the program runs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "base/task.hpp"
#include "io/http/client.hpp"
#include "io/kube/rest/kubeconfig.hpp"

namespace kube {

struct ClientCertificate {
    std::string certificate_pem;
    base::Secret key_pem;
};

struct Credential {
    std::shared_ptr<const base::Secret> bearer;            // may be nullptr
    std::vector<http::Header> headers;                     // basic authentication, impersonation
    std::shared_ptr<const ClientCertificate> certificate;  // replaces the cluster's own; may be nullptr
};
// The same pointer means the same credential.
using CredentialPtr = std::shared_ptr<const Credential>;

class Credentials {
public:
    virtual ~Credentials() = default;
    // What to send now. Errors: kUnauthorized (none can be had, with the reason), kCancelled.
    virtual base::Task<CredentialPtr> current() = 0;
    // The server answered 401 to `credential`: the next current() tries to have another one, and answers the same pointer
    // again when there is none.
    virtual void refused(const CredentialPtr& credential) = 0;
};

// Always the same.
std::shared_ptr<Credentials> fixed_credentials(Credential credential);
Credential bearer_credential(base::Secret token);
Credential basic_credential(std::string_view username, std::string_view password);

// A bearer token that something else rotates in a file; read again once a minute and after a 401. While the file cannot be
// read the last token, or else `fallback`, is used.
std::shared_ptr<Credentials> token_file_credentials(std::string path, base::Secret fallback,
                                                    base::Clock& clock);

// `inner`, with headers that ask the server to act as somebody else.
std::shared_ptr<Credentials> impersonating_credentials(std::shared_ptr<Credentials> inner, Impersonation as);

}  // namespace kube
