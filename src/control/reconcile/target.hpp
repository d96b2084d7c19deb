// SPDX-License-Identifier: 0BSD
// Port: which cluster a run works on, and as whom.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/task.hpp"
#include "engine/apply/live_objects.hpp"
#include "io/kube/client.hpp"
#include "model/stageset.hpp"

namespace reconcile {

// What a StageSet says of its target. Accounts and Secret are those of its own namespace.
struct TargetRequest {
    apply::Owner owner = {};
    // As whom on the controller's cluster; empty: as the controller.
    std::string service_account = {};
    // The kubeconfig of another cluster to apply to; nullopt: the controller's own.
    std::optional<model::SecretKeyReference> kube_config = {};
    // Whom to act as on that other cluster; empty: as the kubeconfig's own user.
    std::string impersonated = {};
};

// Both clusters as a StageSet may use them. Copies share what they point to, which lives as long as one of them does.
struct Target {
    kube::Client* cluster = nullptr;     // where its objects go
    apply::LiveObjects* live = nullptr;  // of that cluster
    kube::Client* tenant = nullptr;  // the controller's own cluster, for what the spec names in its namespace
    std::shared_ptr<const void> hold = {};
};

class Targets {
public:
    virtual ~Targets() = default;
    // Connects as the StageSet may. What was connected for it before is let go once nothing uses it any more.
    // Errors, each naming the next step:
    //   kNotFound          the service account or the Secret does not exist
    //   kInvalid           the kubeconfig is none, or is not self-contained
    //   kForbidden         no token may be made, or the Secret may not be read
    //   kUnauthorized      the cluster does not know the credentials
    //   kUnavailable, kDeadlineExceeded  a cluster cannot be reached now
    //   kCancelled
    virtual base::Task<Target> connect(TargetRequest request) = 0;
    // The StageSet is gone: what is kept for it may go.
    virtual void forget(const apply::Owner& owner) = 0;
};

// One and the same target for all.
class FixedTarget final : public Targets {
public:
    explicit FixedTarget(Target target) : target_(std::move(target)) {}
    base::Task<Target> connect(TargetRequest) override { co_return target_; }
    void forget(const apply::Owner&) override {}

private:
    Target target_;
};

}  // namespace reconcile
