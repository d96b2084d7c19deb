// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/tenant_clients.hpp"

#include <algorithm>

#include "io/kube/rest/service_account_credentials.hpp"

namespace kube {

namespace {

// So many names may be kept of clients that are gone before they are looked for.
constexpr std::size_t kUnsweptMax = 64;

}  // namespace

base::Task<void> TenantClient::authenticate() {
    const auto credential = co_await credentials_->current();
    co_return credential ? base::Result<void>{} : credential.error();
}

TenantClients::TenantClients(const ClusterConfig& cluster, RestClient& own, MakeHttpClient make_http,
                             RequestObserver observer, RestRuntime runtime)
    : cluster_(cluster.with_identity(nullptr)),
      own_(own),
      make_http_(std::move(make_http)),
      observer_(std::move(observer)),
      runtime_(runtime) {}

std::shared_ptr<TenantClient> TenantClients::client(const std::string& ns, const std::string& account) {
    const auto found = clients_.find({ns, account});
    if (auto known = found == clients_.end() ? nullptr : found->second.lock()) {
        return known;
    }
    if (clients_.size() >= 2 * swept_size_ + kUnsweptMax) {
        std::erase_if(clients_, [](const auto& entry) { return entry.second.expired(); });
        swept_size_ = clients_.size();
    }
    auto credentials = service_account_credentials(own_, ns, account, runtime_.clock, runtime_.executor);
    RestClientOptions options;
    options.cluster = cluster_.with_identity(credentials);
    // The same TLS settings for all, so the same connections serve all: each request carries its own token.
    options.make_http = [this](http::ClientOptions http_options) {
        if (http_ == nullptr) {
            http_ = make_http_(std::move(http_options));
        }
        return http_;
    };
    options.identity = service_account_user(ns, account);
    options.shared = own_.shared();
    options.observer = observer_;
    auto client = std::make_shared<TenantClient>(credentials, make_rest_client(std::move(options), runtime_));
    clients_.insert_or_assign({ns, account}, client);
    return client;
}

}  // namespace kube
