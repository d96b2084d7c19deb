// SPDX-License-Identifier: 0BSD
// ManagedObjects: LiveObjects on shared watches, one per kind that a StageSet really applied, selected by the owner label.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/compute.hpp"
#include "base/log.hpp"
#include "base/rng.hpp"
#include "base/task_group.hpp"
#include "engine/apply/live_objects.hpp"
#include "io/kube/informer.hpp"

namespace apply {

// Where the watch may not run (no right to list or watch the kind) or has not caught up, read() asks the server.
class ManagedObjects final : public LiveObjects {
public:
    // `owner_namespaces`: the StageSet namespaces this controller serves; empty: all.
    ManagedObjects(kube::Client& client, base::Clock& clock, base::Rng& rng, base::Logger log,
                   base::Executor executor, base::Compute& compute,
                   std::vector<std::string> owner_namespaces);
    ~ManagedObjects() override;

    // Before the first read(): who is told of changes. An object that changes its owner concerns both.
    void on_change(ChangeListener listener) { listener_ = std::move(listener); }
    base::Task<LiveObject> read(ReadRequest request) override;
    base::Task<kube::ObjectRef> locate(kube::ObjectRef ref) override;
    base::Task<std::vector<model::Value>> pods(std::string ns, std::string selector) override;
    void follow(const kube::GroupVersionKind& gvk) override { (void)watched(gvk); }
    base::Task<void> wait_followed(std::vector<kube::GroupVersionKind> kinds) override;
    Sight sight(const kube::ObjectRef& ref) const override;
    void observe_write(const model::Value& object) override;
    // The same for a tenant: requests are its own, and the watch answers only for objects of StageSets in `ns`.
    base::Task<LiveObject> read_as(kube::Client& tenant, std::string ns, ReadRequest request);
    static base::Task<kube::ObjectRef> locate_as(kube::Client& tenant, kube::ObjectRef ref);
    static base::Task<std::vector<model::Value>> pods_as(kube::Client& tenant, std::string ns,
                                                         std::string selector);
    const PodTurns& pod_turns() const override { return pod_turns_; }
    base::Task<readiness::Verdict> judge(std::shared_ptr<const readiness::HealthRules> rules,
                                         std::shared_ptr<const model::Value> object) override;

    // Ends all watches and waits for them.
    base::Task<void> stop();
    std::size_t watched_kinds() const { return watched_.size(); }

private:
    struct Watched {
        std::unique_ptr<kube::Informer> informer;
        // Until then a read waits for the first list rather than asking for each object: a restart reads thousands at once.
        base::SteadyTime first_list_by;
    };
    Watched& watched(const kube::GroupVersionKind& gvk);
    // Waits for a watch that was begun lately. Errors: kCancelled only.
    base::Task<void> wait_for_list(const Watched& kind);
    void announce(const kube::Change& change) const;
    void announce_all(const kube::Informer& informer) const;
    // What the watch shows, or nullopt where a request must tell.
    static std::optional<LiveObject> cached(const kube::Informer& informer, std::string_view owner_namespace,
                                            const ReadRequest& request);

    kube::Client& client_;
    base::Clock& clock_;
    base::Rng& rng_;
    base::Logger log_;
    base::Executor executor_;
    base::Compute& compute_;
    std::string label_selector_;
    base::TaskGroup tasks_;
    std::map<kube::GroupVersionKind, Watched> watched_;
    PodTurns pod_turns_;
    ChangeListener listener_;
};

}  // namespace apply
