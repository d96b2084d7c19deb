// SPDX-License-Identifier: 0BSD
// ClusterTargets: connects runs to the clusters of their StageSets, as the tenants that they belong to.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "control/reconcile/target.hpp"
#include "engine/apply/managed_objects.hpp"
#include "engine/apply/tenant_objects.hpp"
#include "io/kube/rest/tenant_clients.hpp"

namespace controller {

// What the controller has of its own cluster; all of it outlives the targets.
struct OwnCluster {
    kube::Client& client;
    apply::ManagedObjects& objects;
    kube::TenantClients& tenants;
};

struct RemoteOptions {
    kube::MakeHttpClient make_http;  // judges each address that is dialled
    kube::RequestObserver observer;
    bool allow_loopback = false;
};

// A connection is kept as long as a StageSet that was connected last by it exists, or a run holds it.
class ClusterTargets final : public reconcile::Targets {
public:
    ClusterTargets(OwnCluster own, RemoteOptions remote, kube::RestRuntime runtime, base::Logger log);
    ~ClusterTargets() override;

    // Before the first connect(): who is told of changes on other clusters.
    void on_change(apply::ChangeListener listener) { listener_ = std::move(listener); }

    base::Task<reconcile::Target> connect(reconcile::TargetRequest request) override;
    void forget(const apply::Owner& owner) override { users_.erase(owner); }

    // Ends the watches of connections that nobody uses any more, until cancelled. Errors: kCancelled only.
    base::Task<void> run();
    // Ends all of them, once nothing connects any more.
    base::Task<void> close();

    std::size_t tenant_count() const;
    std::size_t remote_count() const { return remotes_.size(); }

private:
    struct Tenant;
    struct Remote;
    // Another Secret, another content of it, or another account: another connection.
    struct RemoteKey {
        std::string ns;
        std::string secret;
        std::string key;
        std::string uid;
        std::string resource_version;
        std::string impersonated;
        auto operator<=>(const RemoteKey&) const = default;
    };
    struct User {
        std::shared_ptr<Tenant> tenant;
        std::shared_ptr<Remote> remote;
    };

    std::shared_ptr<Tenant> tenant(const std::string& ns, const std::string& account);
    base::Task<std::shared_ptr<Tenant>> connect_tenant(std::string ns, std::string account);
    base::Task<std::shared_ptr<Remote>> connect_remote(reconcile::TargetRequest request,
                                                       kube::Client& reader);
    base::Result<std::shared_ptr<Remote>> remote(RemoteKey key, base::Secret kubeconfig);
    base::Task<void> drop_unused();

    OwnCluster own_;
    RemoteOptions remote_;
    kube::RestRuntime runtime_;
    base::Logger log_;
    apply::ChangeListener listener_;
    std::map<std::pair<std::string, std::string>, std::weak_ptr<Tenant>> tenants_;
    std::map<RemoteKey, std::shared_ptr<Remote>> remotes_;
    std::vector<std::shared_ptr<Remote>> retired_;  // no longer found, with watches that are ending
    std::map<apply::Owner, User> users_;
};

}  // namespace controller
