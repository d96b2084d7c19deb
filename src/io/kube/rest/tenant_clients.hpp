// SPDX-License-Identifier: 0BSD
// TenantClients: clients of one cluster as its service accounts, by tokens that the cluster's own client asks for.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "io/kube/rest/rest_client.hpp"

namespace kube {

// One service account's client.
class TenantClient {
public:
    TenantClient(std::shared_ptr<Credentials> credentials, std::unique_ptr<RestClient> client)
        : credentials_(std::move(credentials)), client_(std::move(client)) {}

    Client& client() { return *client_; }
    // Ok when the account has a token now. Errors: those of service_account_credentials().
    base::Task<void> authenticate();

private:
    std::shared_ptr<Credentials> credentials_;
    std::unique_ptr<RestClient> client_;
};

// All tenants share the connections, the bound of requests in flight (each in a line of its own) and what is known of the
// served kinds: a tenant that is idle costs a token and some hundred bytes, and nothing once nobody holds its client.
class TenantClients {
public:
    // Of `cluster` its server, CA and server name are used, and nothing that `own` authenticates itself with. `own` outlives
    // the clients.
    TenantClients(const ClusterConfig& cluster, RestClient& own, MakeHttpClient make_http,
                  RequestObserver observer, RestRuntime runtime);

    // The client of that account: the same for all who ask while one of them holds it.
    std::shared_ptr<TenantClient> client(const std::string& ns, const std::string& account);

    // Clients that somebody holds, and such as were not noticed to be gone.
    std::size_t size() const { return clients_.size(); }

private:
    using Name = std::pair<std::string, std::string>;

    ClusterConfig cluster_;  // as nobody
    RestClient& own_;
    MakeHttpClient make_http_;
    std::shared_ptr<http::Client> http_;
    RequestObserver observer_;
    RestRuntime runtime_;
    std::map<Name, std::weak_ptr<TenantClient>> clients_;
    std::size_t swept_size_ = 0;  // of clients_, after those that are gone were last dropped
};

}  // namespace kube
