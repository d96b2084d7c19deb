// SPDX-License-Identifier: 0BSD
// ConnectedOutside: the real cluster and artifact servers, found by the connection flags, connected on first use.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "apps/stagesetctl/connection_flags.hpp"
#include "apps/stagesetctl/outside.hpp"
#include "base/clock.hpp"
#include "base/compute.hpp"
#include "base/rng.hpp"
#include "io/artifact/fetch/http_fetcher.hpp"
#include "io/kube/rest/rest_client.hpp"

namespace stagesetctl {

class ConnectedOutside final : public Outside {
public:
    // The clock outlives it.
    ConnectedOutside(ConnectionFlags flags, base::Executor executor, base::Clock& clock);

    base::Result<std::string> current_namespace() override;
    base::Result<kube::Client*> cluster() override;
    base::Result<kube::Client*> cluster_as(std::string ns, std::string service_account) override;
    artifact::Fetcher& fetcher() override;
    kms::KeyService* key_services() override;
    base::Task<void> close() override;

private:
    base::Result<kube::ClusterConfig> load(std::optional<kube::Impersonation> as) const;
    std::unique_ptr<kube::RestClient> connect(kube::ClusterConfig config, kube::SharedCluster shared);
    base::Compute& compute();

    ConnectionFlags flags_;
    base::Executor executor_;
    base::Clock& clock_;
    base::Rng rng_;
    std::unique_ptr<base::Compute> compute_;
    std::unique_ptr<kube::RestClient> cluster_;
    std::unique_ptr<kube::RestClient> service_account_;
    std::string service_account_name_;  // "<namespace>:<name>", of the last one asked for
    std::unique_ptr<http::Client> artifact_http_;
    std::unique_ptr<artifact::HttpFetcher> fetcher_;
    std::unique_ptr<kms::KeyService> key_services_;
};

}  // namespace stagesetctl
