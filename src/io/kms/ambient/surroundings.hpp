// SPDX-License-Identifier: 0BSD
// Surroundings: environment, files, time and HTTP clients, as all services of this module need them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "io/http/client.hpp"
#include "io/kms/ambient/ambient_key_service.hpp"

namespace kms_ambient {

// True for addresses that only this machine's link reaches, where clouds hand out credentials ("169.254.169.254", "fe80::1%eth0",
// EC2's "fd00:ec2::254"), and for what is no address.
bool is_link_local(std::string_view address);

class Surroundings {
public:
    Surroundings(base::Executor executor, const base::Clock& clock, kms::AmbientOptions options);

    const base::Executor& executor() const { return executor_; }
    const base::Clock& clock() const { return clock_; }

    // An environment variable's value; empty when it is not set.
    std::string variable(std::string_view name) const;
    // The same for one that holds a credential.
    base::Secret secret_variable(std::string_view name) const { return base::Secret(variable(name)); }
    // A file with a credential; `what` names it in errors. The path is not quoted: where a variable should hold one, some put the
    // credential itself. Errors: kNotFound, kInvalid (cannot be read, too large).
    base::Result<base::Secret> read(const std::string& path, std::string_view what) const;
    // The same for a file with one token: without the blanks around it. Errors also: kInvalid (empty, or not one printable word).
    base::Result<base::Secret> read_token(const std::string& path, std::string_view what) const;
    // The same for the file that a variable, which is set, names: "the file of AZURE_FEDERATED_TOKEN_FILE".
    base::Result<base::Secret> read_token_of(std::string_view variable) const;

    // For services whose host the key names: link-local addresses are refused.
    http::Client& outside();
    // For the services that hand out this machine's credentials, without a proxy: only link-local addresses are dialled.
    http::Client& metadata();
    // The same for such a service whose host the operator named: any address is.
    http::Client& named_metadata();
    // For Vault, with the operator's own roots (PEM; empty: the system's). The caller holds it for as long as it uses it.
    std::shared_ptr<http::Client> vault(const std::string& ca_pem);

private:
    base::Executor executor_;
    const base::Clock& clock_;
    kms::AmbientOptions options_;
    std::unique_ptr<http::Client> outside_;
    std::unique_ptr<http::Client> metadata_;
    std::unique_ptr<http::Client> named_metadata_;
    std::shared_ptr<http::Client> vault_;
    std::string vault_ca_pem_;
};

// The token without the blanks around it. Errors: kInvalid when it is empty or no single printable word; `where` names it.
base::Result<base::Secret> token_of(std::string_view text, std::string_view where);

}  // namespace kms_ambient
