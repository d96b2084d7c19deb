// SPDX-License-Identifier: 0BSD
// Credentials of a service account: bearer tokens that another client of the same cluster asks for.
#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "io/kube/client.hpp"
#include "io/kube/rest/credentials.hpp"

namespace kube {

// Mints a token (TokenRequest of one hour) when none with more than five minutes is left, and after a 401, which follows
// when the account was deleted and made again. One request serves all who ask meanwhile; failures are not kept.
// `client` needs the right to create serviceaccounts/token, and must outlive the credentials, as `clock` must.
// Errors of current(): those of kube::Client::create.
std::shared_ptr<Credentials> service_account_credentials(Client& client, std::string ns, std::string name,
                                                         base::Clock& clock, base::Executor executor);

}  // namespace kube
