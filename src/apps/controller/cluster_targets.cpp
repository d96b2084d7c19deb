// SPDX-License-Identifier: 0BSD
#include "apps/controller/cluster_targets.hpp"

#include <optional>
#include <vector>

#include "base/deadline.hpp"
#include "io/artifact/fetch/address.hpp"
#include "io/kube/rest/remote_cluster.hpp"
#include "io/kube/secret_data.hpp"

namespace controller {

namespace {

using base::Error;
using base::ErrorCode;

constexpr const char* kDefaultKey = "value";
// Of a first connection, all attempts together: a run that waits for it does nothing else.
constexpr base::Duration kConnectMax = std::chrono::seconds(30);
// Watches of a connection that nobody uses cost the other cluster little.
constexpr base::Duration kDropPeriod = std::chrono::seconds(30);

// An error that names what to do about it.
Error explain(std::string sentence, const Error& error) {
    return error.code == ErrorCode::kCancelled ? error : base::wrap(std::move(sentence), error);
}

std::string name_of(const reconcile::TargetRequest& request) {
    return fmt::format("Secret {}/{}, named by spec.kubeConfig.secretRef", request.owner.ns,
                       request.kube_config->name);
}

base::Result<base::Secret> read_key(const model::Value& secret, const std::string& key,
                                    const std::string& what) {
    auto data = kube::secret_data(secret);
    if (!data) {
        return base::wrap(what, data.error());
    }
    const auto found = data->find(key);
    if (found == data->end() || found->second.empty()) {
        return Error{ErrorCode::kInvalid,
                     fmt::format("{}: key \"{}\" is missing or empty; store the kubeconfig "
                                 "there, or name its key in spec.kubeConfig.secretRef.key",
                                 what, key)};
    }
    return std::move(found->second);
}

}  // namespace

struct ClusterTargets::Tenant {
    Tenant(apply::ManagedObjects& objects, std::shared_ptr<kube::TenantClient> own, const std::string& ns)
        : client(std::move(own)), live(objects, client->client(), ns) {}
    std::shared_ptr<kube::TenantClient> client;
    apply::TenantObjects live;
};

struct ClusterTargets::Remote {
    Remote(std::unique_ptr<kube::RestClient> own, const kube::RestRuntime& runtime, base::Logger log,
           std::string owner_namespace)
        : client(std::move(own)),
          live(*client, runtime.clock, runtime.rng, std::move(log), runtime.executor, runtime.compute,
               {std::move(owner_namespace)}) {}
    std::unique_ptr<kube::RestClient> client;
    apply::ManagedObjects live;
};

ClusterTargets::ClusterTargets(OwnCluster own, RemoteOptions remote, kube::RestRuntime runtime,
                               base::Logger log)
    : own_(own), remote_(std::move(remote)), runtime_(runtime), log_(std::move(log)) {}

ClusterTargets::~ClusterTargets() = default;

std::size_t ClusterTargets::tenant_count() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(tenants_, [](const auto& entry) { return !entry.second.expired(); }));
}

base::Task<reconcile::Target> ClusterTargets::connect(reconcile::TargetRequest request) {
    User user;
    reconcile::Target target{&own_.client, &own_.objects, &own_.client, nullptr};
    if (!request.service_account.empty()) {
        auto tenant = co_await connect_tenant(request.owner.ns, request.service_account);
        if (!tenant) {
            co_return tenant.error();
        }
        user.tenant = std::move(*tenant);
        target.tenant = target.cluster = &user.tenant->client->client();
        target.live = &user.tenant->live;
    }
    if (request.kube_config) {
        auto remote = co_await connect_remote(request, *target.tenant);
        if (!remote) {
            co_return remote.error();
        }
        user.remote = std::move(*remote);
        target.cluster = user.remote->client.get();
        target.live = &user.remote->live;
    }
    target.hold = std::make_shared<const User>(user);
    users_.insert_or_assign(request.owner, std::move(user));
    co_return target;
}

std::shared_ptr<ClusterTargets::Tenant> ClusterTargets::tenant(const std::string& ns,
                                                               const std::string& account) {
    auto& known = tenants_[{ns, account}];
    auto tenant = known.lock();
    if (tenant == nullptr) {
        tenant = std::make_shared<Tenant>(own_.objects, own_.tenants.client(ns, account), ns);
        known = tenant;
    }
    return tenant;
}

base::Task<std::shared_ptr<ClusterTargets::Tenant>> ClusterTargets::connect_tenant(std::string ns,
                                                                                   std::string account) {
    auto connected = tenant(ns, account);
    const auto authenticated = co_await connected->client->authenticate();
    if (authenticated) {
        co_return connected;
    }
    const Error& error = authenticated.error();
    if (error.code == ErrorCode::kNotFound) {
        co_return explain(
            fmt::format("ServiceAccount {}/{} does not exist; create it, or name another one in "
                        "spec.serviceAccountName",
                        ns, account),
            error);
    }
    co_return explain(fmt::format("no token for ServiceAccount {}/{}", ns, account), error);
}

base::Task<std::shared_ptr<ClusterTargets::Remote>> ClusterTargets::connect_remote(
    reconcile::TargetRequest request, kube::Client& reader) {
    const std::string& ns = request.owner.ns;
    const std::string what = name_of(request);
    auto secret = co_await reader.get({{"", "v1", "Secret"}, ns, request.kube_config->name});
    if (!secret && secret.error().code == ErrorCode::kNotFound) {
        co_return explain(what + ", does not exist; create it with the kubeconfig of the cluster to apply to",
                          secret.error());
    }
    if (!secret) {
        co_return explain(what + ", could not be read", secret.error());
    }
    const std::string key = request.kube_config->key.empty() ? kDefaultKey : request.kube_config->key;
    auto kubeconfig = read_key(*secret, key, what);
    if (!kubeconfig) {
        co_return kubeconfig.error();
    }
    auto connected = remote({ns, request.kube_config->name, key, std::string(model::uid_of(*secret)),
                             std::string(model::resource_version_of(*secret)), request.impersonated},
                            std::move(*kubeconfig));
    if (!connected) {
        co_return connected.error();
    }
    // Answered from memory but for the first time.
    auto served = co_await base::with_deadline((*connected)->client->resource_for({"", "v1", "ConfigMap"}),
                                               runtime_.clock, runtime_.clock.steady_now() + kConnectMax,
                                               "the cluster did not answer in time");
    if (!served) {
        co_return explain(fmt::format("the cluster of {}, cannot be used", what), served.error());
    }
    co_return std::move(*connected);
}

base::Result<std::shared_ptr<ClusterTargets::Remote>> ClusterTargets::remote(RemoteKey key,
                                                                             base::Secret kubeconfig) {
    if (const auto found = remotes_.find(key); found != remotes_.end()) {
        return found->second;
    }
    auto cluster = kube::remote_cluster(
        {std::move(kubeconfig), fmt::format("Secret {}/{}, key \"{}\"", key.ns, key.secret, key.key),
         key.impersonated},
        {runtime_.clock, runtime_.executor});
    if (!cluster) {
        return cluster.error();
    }
    if (auto checked = artifact::check_url(cluster->server, remote_.allow_loopback); !checked) {
        return base::wrap(fmt::format("the server in Secret {}/{} is not allowed", key.ns, key.secret),
                          checked.error());
    }
    kube::RestClientOptions options;
    options.cluster = std::move(*cluster);
    options.make_http = remote_.make_http;
    options.observer = remote_.observer;
    auto made = std::make_shared<Remote>(kube::make_rest_client(std::move(options), runtime_), runtime_, log_,
                                         key.ns);
    made->live.on_change([this, ns = key.ns](const apply::ObjectChange& change) {
        // What a cluster of one tenant says of another's StageSets is not listened to.
        if (listener_ && change.owner.ns == ns) {
            listener_(change);
        }
    });
    remotes_.emplace(std::move(key), made);
    return made;
}

base::Task<void> ClusterTargets::drop_unused() {
    std::erase_if(remotes_, [this](const auto& entry) {
        if (entry.second.use_count() > 1) {
            return false;
        }
        retired_.push_back(entry.second);
        return true;
    });
    std::erase_if(tenants_, [](const auto& entry) { return entry.second.expired(); });
    while (!retired_.empty()) {
        // Stays listed until its watches have ended: they use it.
        if (auto stopped = co_await retired_.back()->live.stop(); !stopped) {
            co_return stopped;
        }
        retired_.pop_back();
    }
    co_return base::Result<void>{};
}

base::Task<void> ClusterTargets::run() {
    for (;;) {  // until cancelled
        if (auto slept = co_await runtime_.clock.sleep_for(kDropPeriod); !slept) {
            co_return slept;
        }
        if (auto dropped = co_await drop_unused(); !dropped) {
            co_return dropped;
        }
    }
}

base::Task<void> ClusterTargets::close() {
    users_.clear();
    co_return co_await drop_unused();
}

}  // namespace controller
