// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/connected_outside.hpp"

#include <utility>

#include <fmt/format.h>

#include "io/http/curl/curl_client.hpp"
#include "io/kms/ambient/process.hpp"

namespace stagesetctl {

namespace {

// Somebody waits at a terminal: outlive a lost packet, but say soon that the server is down.
constexpr int kRetriesMax = 2;
constexpr const char* kUserAgent = "stagesetctl";

}  // namespace

ConnectedOutside::ConnectedOutside(ConnectionFlags flags, base::Executor executor, base::Clock& clock)
    : flags_(std::move(flags)), executor_(std::move(executor)), clock_(clock) {}

base::Result<kube::ClusterConfig> ConnectedOutside::load(std::optional<kube::Impersonation> as) const {
    auto sources = config_sources(flags_, kube::ConfigSources::of_process());
    if (!sources) {
        return sources.error();
    }
    if (as) {
        sources->overrides.impersonate = std::move(as);
    }
    const auto timeout = parse_request_timeout(flags_.request_timeout);
    if (!timeout) {
        return timeout.error();
    }
    auto config = kube::load_cluster_config(*sources, {clock_, executor_});
    if (config) {
        config->user_agent = kUserAgent;
        config->retries_max = kRetriesMax;
        config->request_timeout = *timeout;
    }
    return config;
}

base::Compute& ConnectedOutside::compute() {
    if (compute_ == nullptr) {
        compute_ = std::make_unique<base::Compute>(1);
    }
    return *compute_;
}

std::unique_ptr<kube::RestClient> ConnectedOutside::connect(kube::ClusterConfig config,
                                                            kube::SharedCluster shared) {
    kube::RestClientOptions options{std::move(config), {}, "", std::move(shared), {}};
    options.make_http = [executor = executor_](http::ClientOptions http_options) {
        return std::shared_ptr<http::Client>(http::make_curl_client(executor, std::move(http_options)));
    };
    return kube::make_rest_client(std::move(options), {clock_, rng_, compute(), executor_});
}

base::Result<std::string> ConnectedOutside::current_namespace() {
    if (!flags_.ns.empty()) {
        return flags_.ns;
    }
    const auto config = load(std::nullopt);
    if (!config) {
        return config.error();
    }
    return config->default_namespace;
}

base::Result<kube::Client*> ConnectedOutside::cluster() {
    if (cluster_ == nullptr) {
        auto config = load(std::nullopt);
        if (!config) {
            return config.error();
        }
        cluster_ = connect(std::move(*config), {});
    }
    return cluster_.get();
}

base::Result<kube::Client*> ConnectedOutside::cluster_as(std::string ns, std::string service_account) {
    std::string name = fmt::format("{}:{}", ns, service_account);
    if (service_account_ == nullptr || name != service_account_name_) {
        kube::Impersonation as;
        as.user = "system:serviceaccount:" + name;
        auto config = load(std::move(as));
        if (!config) {
            return config.error();
        }
        // What the server serves is asked for as the user: a ServiceAccount may have no right to ask.
        if (const auto user = cluster(); !user) {
            return user.error();
        }
        service_account_ = connect(std::move(*config), cluster_->shared());
        service_account_name_ = std::move(name);
    }
    return service_account_.get();
}

artifact::Fetcher& ConnectedOutside::fetcher() {
    if (fetcher_ == nullptr) {
        // The address rules protect a controller that reads what tenants write; here the user dials their own cluster.
        http::ClientOptions options;
        options.user_agent = kUserAgent;
        artifact_http_ = http::make_curl_client(executor_, std::move(options));
        artifact::HttpFetcherOptions fetch;
        fetch.allow_loopback = true;
        fetcher_ = std::make_unique<artifact::HttpFetcher>(
            artifact::Download::Runtime{*artifact_http_, compute(), clock_, rng_, base::Logger()}, executor_,
            std::move(fetch));
    }
    return *fetcher_;
}

kms::KeyService* ConnectedOutside::key_services() {
    if (key_services_ == nullptr) {
        key_services_ = kms::make_ambient_key_service(
            executor_, clock_, kms::process_surroundings([executor = executor_](http::ClientOptions options) {
                options.user_agent = kUserAgent;
                return http::make_curl_client(executor, std::move(options));
            }));
    }
    return key_services_.get();
}

base::Task<void> ConnectedOutside::close() {
    if (fetcher_ != nullptr) {
        co_return co_await fetcher_->close();
    }
    co_return base::Result<void>{};
}

}  // namespace stagesetctl
