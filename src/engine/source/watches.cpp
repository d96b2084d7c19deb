// SPDX-License-Identifier: 0BSD
#include "engine/source/watches.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "io/telemetry/families.hpp"

namespace source {

namespace {

constexpr const char* kProducerIndex = "producer";
// Whoever may write StageSets names kinds. Those of Flux at v1 are always followed; what is beyond is read from the API.
constexpr std::size_t kKindsMax = 64;
// A new definition is served some moments after it is told; the informers' own retry comes after these.
constexpr int kWakeCount = 8;
constexpr base::Duration kWakePause = std::chrono::milliseconds(500);

std::vector<std::string> producer_keys(const model::Value& artifact) {
    const auto producer = producer_of(artifact);
    return producer ? std::vector<std::string>{producer->key()} : std::vector<std::string>{};
}

std::string_view ready_status(const model::Value& object) {
    const model::Value* ready = model::find_condition(object, "Ready");
    return ready == nullptr ? std::string_view{} : model::find_string(*ready, {"status"});
}

bool same_artifact(const model::Value& before, const model::Value& after) {
    const auto same_text = [&](std::string_view field) {
        return model::find_string(before, {"status", "artifact", field}) ==
               model::find_string(after, {"status", "artifact", field});
    };
    return same_text("url") && same_text("digest") && same_text("revision") &&
           producer_of(before) == producer_of(after);
}

// source-controller sets Ready to Unknown when it begins the next artifact, to True when it has it, and names it in a write
// after that. The artifact at hand stays right all the time: a run at the beginning would only report that the source is not
// ready, and one under way would be lost. A run that looked for other reasons did report it, so the end is told.
std::optional<SourceEvent> event_of_source(const model::Value& before, const model::Value& after) {
    if (!same_artifact(before, after)) {
        return SourceEvent::kReplaced;
    }
    const std::string_view was = ready_status(before);
    const std::string_view is = ready_status(after);
    if (was == is || (was == "True" && is == "Unknown")) {
        return std::nullopt;
    }
    return was == "Unknown" && is == "True" ? SourceEvent::kTold : SourceEvent::kReplaced;
}

// Of a producer only its metadata is known; a run reads none of it, so no run is out of date.
std::optional<SourceEvent> event_of(const kube::Change& change, bool is_producer) {
    if (!change.before) {
        return SourceEvent::kTold;
    }
    if (is_producer) {
        const bool same =
            change.after && model::generation_of(*change.before) == model::generation_of(*change.after);
        return same ? std::nullopt : std::optional(SourceEvent::kTold);
    }
    return change.after ? event_of_source(*change.before, *change.after) : SourceEvent::kReplaced;
}

}  // namespace

struct SourceWatches::Watched {
    model::GroupVersionKind gvk;
    bool is_producer = false;
    // Somebody read the API instead of the cache: what the first list tells is news to him.
    bool was_bypassed = false;
    std::size_t mention_count = 0;  // by how many StageSets
    std::unique_ptr<kube::Informer> informer = nullptr;
    base::TaskHandle following = {};
    base::TaskHandle judging = {};
};

std::vector<Reference> references_of(const model::Value& stageset) {
    std::vector<Reference> references;
    const model::Array* stages = model::find_array(stageset, {"spec", "stages"});
    if (stages == nullptr) {
        return references;
    }
    for (const model::Value& stage : *stages) {
        references.push_back(
            complete({model::find_string(stage, {"sourceRef", "apiVersion"}),
                      model::find_string(stage, {"sourceRef", "kind"}),
                      model::find_string(stage, {"sourceRef", "name"}),
                      model::find_string(stage, {"sourceRef", "namespace"}), model::namespace_of(stageset)}));
    }
    return references;
}

SourceWatches::SourceWatches(kube::Client& client, telemetry::Metrics& metrics, base::Logger log,
                             Runtime runtime, std::vector<std::string> namespaces)
    : client_(client),
      metrics_(metrics),
      log_(std::move(log)),
      runtime_(runtime),
      namespaces_(std::move(namespaces)),
      tasks_(runtime.executor) {}

SourceWatches::~SourceWatches() = default;

void SourceWatches::on_change(Listener listener) { listener_ = std::move(listener); }

std::unique_ptr<kube::Informer> SourceWatches::make_informer(kube::InformerOptions options) {
    return std::make_unique<kube::Informer>(client_, runtime_.clock, runtime_.rng, log_, runtime_.executor,
                                            std::move(options));
}

void SourceWatches::engage(const model::Value& stageset) {
    Mentions mentions;
    for (const Reference& reference : references_of(stageset)) {
        // Without a version nothing can be asked; the run tells that the reference is invalid.
        if (!reference.gvk.version.empty()) {
            mentions.emplace(reference.gvk, reference.is_producer);
        }
        if (reference.is_producer) {
            mentions.emplace(external_artifacts(), false);
        }
    }
    replace_mentions(stageset, std::move(mentions));
}

void SourceWatches::disengage(const model::Value& stageset) { replace_mentions(stageset, {}); }

void SourceWatches::replace_mentions(const model::Value& stageset, Mentions mentions) {
    std::string key = fmt::format("{}/{}", model::namespace_of(stageset), model::name_of(stageset));
    const auto known = mentions_.find(key);
    const Mentions before = known == mentions_.end() ? Mentions{} : std::exchange(known->second, {});
    // The new ones first: what both name stays as it is. What is beyond the bound is not counted, nor taken back later.
    std::erase_if(mentions, [this](const auto& mention) { return !watch(mention.first, mention.second); });
    for (const auto& [gvk, is_producer] : before) {
        release(gvk);
    }
    if (!mentions.empty()) {
        mentions_.insert_or_assign(std::move(key), std::move(mentions));
    } else if (known != mentions_.end()) {
        mentions_.erase(known);
    }
}

// False when there is no place for one more.
bool SourceWatches::watch(const model::GroupVersionKind& gvk, bool is_producer) {
    if (const auto known = watched_.find(gvk); known != watched_.end()) {
        ++known->second->mention_count;
        return true;
    }
    const bool is_usual = !is_producer && gvk.group == kGroup && gvk.version == "v1";
    if (watched_.size() >= kKindsMax && !is_usual) {
        log_.warn("too many kinds of sources; this one is not followed", {{"gvk", gvk.text()}});
        return false;
    }
    const auto watched = std::make_shared<Watched>(Watched{gvk, is_producer});
    watched->mention_count = 1;
    watched_.emplace(gvk, watched);
    kube::InformerOptions options;
    options.gvk = gvk;
    options.namespaces = namespaces_;
    // Any kind can be named as a producer, Secrets too: their contents never come near this process.
    options.metadata_only = is_producer;
    options.trim = trim_source;
    watched->informer = make_informer(std::move(options));
    if (!is_producer) {
        watched->informer->add_index(kProducerIndex, producer_keys);
    }
    watched->informer->on_change(
        [this, raw = watched.get()](const kube::Change& change) { announce(*raw, change); });
    watched->following = tasks_.spawn(follow(watched));
    watched->judging = tasks_.spawn(judge_engagement(watched));
    return true;
}

void SourceWatches::release(const model::GroupVersionKind& gvk) {
    const auto known = watched_.find(gvk);
    if (known == watched_.end() || --known->second->mention_count > 0) {
        return;
    }
    log_.debug("no StageSet names this kind of source any more", {{"gvk", gvk.text()}});
    known->second->following.cancel();
    known->second->judging.cancel();
    watched_.erase(known);
}

base::Task<void> SourceWatches::follow(std::shared_ptr<Watched> watched) {
    co_return co_await watched->informer->run();
}

// Tells a kind that is not there yet from one that cannot be followed.
base::Task<void> SourceWatches::judge_engagement(std::shared_ptr<Watched> watched) {
    if (auto attempted = co_await watched->informer->wait_attempted(); !attempted) {
        co_return attempted;
    }
    if (watched->informer->following()) {
        co_return base::Result<void>{};
    }
    const auto resource = co_await client_.resource_for(watched->gvk);
    if (!resource && resource.error().code == base::ErrorCode::kCancelled) {
        co_return resource.error();
    }
    if (!resource && resource.error().code == base::ErrorCode::kUnsupported) {
        watch_definitions();
        co_return base::Result<void>{};
    }
    metrics_.add(telemetry::kWatchEngagementFailuresTotal, {{"gvk", watched->gvk.text()}});
    co_return base::Result<void>{};
}

void SourceWatches::watch_definitions() {
    if (definitions_) {
        return;
    }
    kube::InformerOptions options;
    options.gvk = {"apiextensions.k8s.io", "v1", "CustomResourceDefinition"};
    options.metadata_only = true;
    options.trim = trim_source;
    definitions_ = make_informer(std::move(options));
    definitions_->on_change([this](const kube::Change& change) { definition_changed(change); });
    tasks_.spawn(definitions_->run());
}

void SourceWatches::definition_changed(const kube::Change& change) {
    if (!change.after) {
        return;
    }
    // "gitrepositories.source.toolkit.fluxcd.io"
    const std::string_view name = model::name_of(*change.after);
    const std::string group(name.substr(std::min(name.size(), name.find('.') + 1)));
    const bool awaited = std::ranges::any_of(watched_, [&group](const auto& entry) {
        return entry.first.group == group && !entry.second->informer->served();
    });
    // The many definitions of one group come together: one round of attempts serves them all.
    if (awaited && waking_.insert(group).second) {
        tasks_.spawn(wake_kinds(group));
    }
}

base::Task<void> SourceWatches::wake_kinds(std::string group) {
    for (int i = 0; i < kWakeCount; ++i) {
        bool awaited = false;
        client_.invalidate_discovery();
        for (const auto& [gvk, watched] : watched_) {
            if (gvk.group == group && !watched->informer->served()) {
                awaited = true;
                watched->informer->poke();
            }
        }
        if (!awaited) {
            break;
        }
        if (auto slept = co_await runtime_.clock.sleep_until(runtime_.clock.steady_now() + kWakePause);
            !slept) {
            co_return slept;
        }
    }
    waking_.erase(group);
    co_return base::Result<void>{};
}

void SourceWatches::announce(Watched& watched, const kube::Change& change) {
    // Before the first list is complete nobody has read this cache: its contents are no news, unless it was bypassed.
    if (!listener_ || (!watched.informer->synced() && !watched.was_bypassed)) {
        return;
    }
    const auto event = event_of(change, watched.is_producer);
    if (!event) {
        return;
    }
    std::set<std::string> keys;
    for (const kube::ObjectPtr& object : {change.before, change.after}) {
        if (!object) {
            continue;
        }
        keys.insert(SourceId{watched.gvk.group, watched.gvk.kind, std::string(model::namespace_of(*object)),
                             std::string(model::name_of(*object))}
                        .key());
        if (watched.gvk.kind == kExternalArtifact) {
            for (std::string& key : producer_keys(*object)) {
                keys.insert(std::move(key));
            }
        }
    }
    for (const std::string& key : keys) {
        listener_(key, *event);
    }
}

bool SourceWatches::follows(const std::string& ns) const {
    return namespaces_.empty() || std::ranges::find(namespaces_, ns) != namespaces_.end();
}

base::Task<kube::Informer*> SourceWatches::cache_of(model::GroupVersionKind gvk, std::string ns) {
    kube::Informer* none = nullptr;
    if (!follows(ns)) {
        co_return none;
    }
    const auto known = watched_.find(gvk);
    if (known == watched_.end() || known->second->is_producer) {
        co_return none;
    }
    const std::shared_ptr<Watched> watched = known->second;
    if (auto attempted = co_await watched->informer->wait_attempted(); !attempted) {
        co_return attempted.error();
    }
    const bool is_current = watched_.contains(gvk) && watched_.at(gvk) == watched;
    if (!is_current || !watched->informer->synced() || !watched->informer->served()) {
        watched->was_bypassed = true;
        co_return none;
    }
    co_return watched->informer.get();
}

base::Task<model::Value> SourceWatches::get(model::GroupVersionKind gvk, std::string ns, std::string name) {
    const auto cache = co_await cache_of(gvk, ns);
    if (!cache) {
        co_return cache.error();
    }
    if (*cache == nullptr) {
        co_return co_await client_.get({std::move(gvk), std::move(ns), std::move(name)});
    }
    if (const kube::ObjectPtr found = (*cache)->get(ns, name)) {
        co_return *found;
    }
    co_return base::Error{base::ErrorCode::kNotFound, fmt::format("{} {}/{} not found", gvk.kind, ns, name)};
}

base::Task<std::vector<model::Value>> SourceWatches::artifacts_of(SourceId producer) {
    const auto cache = co_await cache_of(external_artifacts(), producer.ns);
    if (!cache) {
        co_return cache.error();
    }
    if (*cache == nullptr) {
        auto list = co_await client_.list({external_artifacts(), std::move(producer.ns)});
        if (!list) {
            co_return list.error();
        }
        co_return std::move(list->items);
    }
    std::vector<model::Value> artifacts;
    for (const kube::ObjectPtr& artifact : (*cache)->by_index(kProducerIndex, producer.key())) {
        artifacts.push_back(*artifact);
    }
    co_return artifacts;
}

base::Task<void> SourceWatches::close() {
    tasks_.cancel();
    co_return co_await tasks_.join();
}

}  // namespace source
