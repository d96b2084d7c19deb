// SPDX-License-Identifier: 0BSD
// SourceWatches: the kinds that StageSets name as sources, each followed from its first mention to its last; and sources read
// from there.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/task_group.hpp"
#include "engine/source/resolve.hpp"
#include "io/kube/informer.hpp"
#include "io/telemetry/metrics.hpp"

namespace source {

// What a change of a source means to the StageSets that name it.
enum class SourceEvent {
    kTold,      // it appeared, became ready again, or a producer changed: look once more
    kReplaced,  // what a run reads of it changed: a run under way is out of date
};

class SourceWatches final : public SourceReader {
public:
    struct Runtime {
        base::Clock& clock;
        base::Rng& rng;
        base::Executor executor;
    };
    // Called for each source or producer that changed, by SourceId::key().
    using Listener = std::function<void(const std::string& key, SourceEvent event)>;

    // Follows only `namespaces` (empty: all); sources elsewhere are read from the API. All outlive this.
    SourceWatches(kube::Client& client, telemetry::Metrics& metrics, base::Logger log, Runtime runtime,
                  std::vector<std::string> namespaces);
    ~SourceWatches() override;

    // Before the first engage().
    void on_change(Listener listener);

    // Follows the kinds of the sources that the StageSet names now; those that only it named before are let go.
    void engage(const model::Value& stageset);
    // The StageSet is gone: what only it named is let go.
    void disengage(const model::Value& stageset);

    // From the cache once the first list arrived, which is waited for; from the API where the cache does not reach, as for
    // a kind that no engaged StageSet names.
    base::Task<model::Value> get(model::GroupVersionKind gvk, std::string ns, std::string name) override;
    base::Task<std::vector<model::Value>> artifacts_of(SourceId producer) override;

    // Ends all watches; await it before destruction.
    base::Task<void> close();

    std::size_t kind_count() const { return watched_.size(); }

private:
    struct Watched;
    // What one StageSet names: the kinds, and whether they are producers.
    using Mentions = std::map<model::GroupVersionKind, bool>;

    void replace_mentions(const model::Value& stageset, Mentions mentions);
    bool watch(const model::GroupVersionKind& gvk, bool is_producer);
    void release(const model::GroupVersionKind& gvk);
    static base::Task<void> follow(std::shared_ptr<Watched> watched);
    base::Task<void> judge_engagement(std::shared_ptr<Watched> watched);
    void watch_definitions();
    void definition_changed(const kube::Change& change);
    base::Task<void> wake_kinds(std::string group);
    void announce(Watched& watched, const kube::Change& change);
    // The informer that answers for the namespace; nullptr: ask the API. Valid until the caller waits.
    base::Task<kube::Informer*> cache_of(model::GroupVersionKind gvk, std::string ns);
    bool follows(const std::string& ns) const;
    std::unique_ptr<kube::Informer> make_informer(kube::InformerOptions options);

    kube::Client& client_;
    telemetry::Metrics& metrics_;
    base::Logger log_;
    Runtime runtime_;
    std::vector<std::string> namespaces_;
    Listener listener_;
    std::map<std::string, Mentions, std::less<>> mentions_;  // by "<namespace>/<name>" of the StageSet
    // Shared with their tasks, which end some moments after a kind is let go.
    std::map<model::GroupVersionKind, std::shared_ptr<Watched>> watched_;
    // Tells when a kind that is not served comes; made when there is one.
    std::unique_ptr<kube::Informer> definitions_;
    // Groups whose kinds are just being tried again.
    std::set<std::string> waking_;
    base::TaskGroup tasks_;
};

// The references of a StageSet's stages, defaults filled in.
std::vector<Reference> references_of(const model::Value& stageset);

}  // namespace source
