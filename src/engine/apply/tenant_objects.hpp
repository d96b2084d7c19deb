// SPDX-License-Identifier: 0BSD
// TenantObjects: LiveObjects as a tenant may see them: by the watch that all tenants share, or by its own requests.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/apply/managed_objects.hpp"

namespace apply {

// The shared watch runs with the controller's rights, so it answers only for objects that carry the labels of a StageSet in the
// tenant's namespace; all else is read as the tenant.
class TenantObjects final : public LiveObjects {
public:
    // Both outlive it. `ns` is the namespace of the tenant's StageSets.
    TenantObjects(ManagedObjects& shared, kube::Client& tenant, std::string ns)
        : shared_(shared), tenant_(tenant), ns_(std::move(ns)) {}

    base::Task<LiveObject> read(ReadRequest request) override {
        return shared_.read_as(tenant_, ns_, std::move(request));
    }
    void follow(const kube::GroupVersionKind& gvk) override { shared_.follow(gvk); }
    base::Task<void> wait_followed(std::vector<kube::GroupVersionKind> kinds) override {
        return shared_.wait_followed(std::move(kinds));
    }
    Sight sight(const kube::ObjectRef& ref) const override { return shared_.sight(ref); }
    void observe_write(const model::Value& object) override { shared_.observe_write(object); }
    base::Task<kube::ObjectRef> locate(kube::ObjectRef ref) override {
        return shared_.locate_as(tenant_, std::move(ref));
    }
    base::Task<std::vector<model::Value>> pods(std::string ns, std::string selector) override {
        return shared_.pods_as(tenant_, std::move(ns), std::move(selector));
    }
    const PodTurns& pod_turns() const override { return shared_.pod_turns(); }
    base::Task<readiness::Verdict> judge(std::shared_ptr<const readiness::HealthRules> rules,
                                         std::shared_ptr<const model::Value> object) override {
        return shared_.judge(std::move(rules), std::move(object));
    }

private:
    ManagedObjects& shared_;
    kube::Client& tenant_;
    std::string ns_;
};

}  // namespace apply
