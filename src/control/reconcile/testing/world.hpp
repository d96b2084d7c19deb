// SPDX-License-Identifier: 0BSD
// World and Process: a whole controller on an API server in memory, for tests of complete runs.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"
#include "base/wait.hpp"
#include "control/reconcile/reconciler.hpp"
#include "engine/apply/managed_objects.hpp"
#include "io/kube/testing/fake_api.hpp"
#include "io/telemetry/testing/fake_metrics.hpp"
#include "model/well_known.hpp"

namespace reconcile::testing {

using kube::testing::on;
using kube::testing::Request;
using model::Value;

inline const model::GroupVersionKind kStageSet{"stages.metio.wtf", "v1", "StageSet"};
inline const model::GroupVersionKind kInventory{"stages.metio.wtf", "v1", "StageInventory"};
inline const model::GroupVersionKind kConfigMap{"", "v1", "ConfigMap"};
inline const model::GroupVersionKind kDeployment{"apps", "v1", "Deployment"};
inline const kube::ObjectRef kSet{kStageSet, "t", "s"};

// Answers trees that the test put there, by URL.
struct FakeFetcher final : artifact::Fetcher {
    base::Task<std::shared_ptr<const artifact::FileTree>> fetch(artifact::ArtifactRef ref) override {
        const auto found = trees.find(ref.url);
        if (found == trees.end()) {
            co_return base::Error{base::ErrorCode::kNotFound, ref.url + " is not there"};
        }
        co_return std::make_shared<const artifact::FileTree>(found->second);
    }
    std::map<std::string, artifact::FileTree> trees;
};

// Answers one source, ExternalArtifact t/src, at the revision that the test set.
struct FakeSources final : source::SourceReader {
    base::Task<Value> get(model::GroupVersionKind, std::string, std::string) override {
        const Value ready = {{{"type", "Ready"}, {"status", "True"}}};
        co_return Value{{"status",
                         {{"conditions", ready},
                          {"artifact",
                           {{"url", "http://a/" + revision},
                            {"digest", "sha256:" + revision},
                            {"revision", revision}}}}}};
    }
    base::Task<std::vector<Value>> artifacts_of(source::SourceId) override { co_return std::vector<Value>{}; }
    std::string revision = "r1";
};

inline std::string config_map(const std::string& name, const std::string& text) {
    return "{apiVersion: v1, kind: ConfigMap, metadata: {name: " + name + ", namespace: t}, data: {k: \"" +
           text + "\"}}\n";
}

inline std::string deployment(const std::string& image) {
    return "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: t}, spec: {replicas: 1, "
           "template: "
           "{spec: {containers: [{name: web, image: " +
           image + "}]}}}}\n";
}

inline Value stage(const std::string& name) {
    return {{"name", name}, {"path", name}, {"sourceRef", {{"kind", "ExternalArtifact"}, {"name", "src"}}}};
}

inline Value stages(std::initializer_list<const char*> names) {
    model::Array list;
    for (const char* name : names) {
        list.push_back(stage(name));
    }
    return list;
}

// What outlives a controller: the cluster and where artifacts are.
struct World {
    World() {
        api.put({{"apiVersion", "stages.metio.wtf/v1"},
                 {"kind", "StageSet"},
                 {"metadata", {{"name", "s"}, {"namespace", "t"}}},
                 {"spec", {{"interval", "10m"}, {"stages", stages({"base", "app", "old"})}}}});
        fetcher.trees["http://a/r1"].files = {{"base/a.yaml", config_map("a", "1")},
                                              {"base/b.yaml", config_map("b", "1")},
                                              {"app/c.yaml", config_map("c", "1")},
                                              {"app/web.yaml", deployment("one")},
                                              {"old/o.yaml", config_map("o", "1")}};
        // b and o are dropped, c moves to the stage before, d is new.
        fetcher.trees["http://a/r2"].files = {{"base/a.yaml", config_map("a", "2")},
                                              {"base/c.yaml", config_map("c", "1")},
                                              {"app/d.yaml", config_map("d", "1")},
                                              {"app/web.yaml", deployment("two")}};
        api.before_request([this](const Request& request) {
            if (deployments_progress) {
                roll_deployments();
            }
            if (hook) {
                hook(request);
            }
        });
    }

    // As the Deployment controller does, at once.
    void roll_deployments() {
        for (const Value& object : api.objects("Deployment")) {
            const std::int64_t generation = model::generation_of(object);
            if (model::find_integer(object, {"status", "observedGeneration"}) != generation) {
                const Value available = {{{"type", "Available"}, {"status", "True"}}};
                api.set_status(kube::ref_of(object), {{"observedGeneration", generation},
                                                      {"replicas", 1},
                                                      {"updatedReplicas", 1},
                                                      {"readyReplicas", 1},
                                                      {"availableReplicas", 1},
                                                      {"conditions", available}});
            }
        }
    }

    void update_to_r2() {
        sources.revision = "r2";
        api.edit(kSet,
                 [](Value& set) { model::ensure_object(set, {"spec"})["stages"] = stages({"base", "app"}); });
    }

    // Runs the loop until `done`; a compute thread may be at work meanwhile.
    void drive(const std::function<bool()>& done) {
        while (!done()) {
            loop.restart();
            if (loop.run_one_for(std::chrono::seconds(20)) == 0) {
                ADD_FAILURE() << "nothing happens any more";
                return;
            }
        }
    }

    std::string status(std::initializer_list<std::string_view> keys) const {
        const Value* found = model::find(*api.object("StageSet", "t", "s"), keys);
        return found == nullptr ? "" : boost::json::serialize(*found);
    }
    std::string ready(std::string_view field) const {
        const auto* conditions =
            model::find_array(*api.object("StageSet", "t", "s"), {"status", "conditions"});
        return conditions == nullptr ? "" : std::string(model::find_string(conditions->at(0), {field}));
    }
    std::string phases() const {
        std::string text;
        if (const auto* list = model::find_array(*api.object("StageSet", "t", "s"), {"status", "stages"})) {
            for (const Value& item : *list) {
                text += fmt::format("{}={} ", model::find_string(item, {"name"}),
                                    model::find_string(item, {"phase"}));
            }
        }
        return text;
    }

    base::asio::io_context loop;
    base::Compute compute{1};  // ends before the loop does, for its thread posts there
    base::testing::FakeClock clock{loop.get_executor()};
    kube::testing::FakeApi api{loop.get_executor(), clock};
    FakeFetcher fetcher;
    FakeSources sources;
    bool deployments_progress = true;
    // Of processes started from now on.
    inventory::Mode mode = inventory::Mode::kHybrid;
    Options options;
    std::optional<base::Error> no_target;  // why nobody can connect
    std::vector<TargetRequest> connects;
    std::vector<apply::Owner> forgotten;
    std::function<void(const Request&)> hook;
};

// The world's own cluster, for all.
class WorldTargets final : public Targets {
public:
    WorldTargets(World& world, apply::LiveObjects& live)
        : world_(world), target_{&world.api, &live, &world.api, nullptr} {}
    base::Task<Target> connect(TargetRequest request) override {
        world_.connects.push_back(std::move(request));
        if (world_.no_target) {
            co_return *world_.no_target;
        }
        co_return target_;
    }
    void forget(const apply::Owner& owner) override { world_.forgotten.push_back(owner); }

private:
    World& world_;
    Target target_;
};

// One life of the controller's process.
class Process {
public:
    explicit Process(World& world)
        : world_(world),
          rng_(7),
          tasks_(world.loop.get_executor()),
          stagesets_(world.api, world.clock, rng_, {}, world.loop.get_executor(),
                     {kStageSet, {}, "", false, nullptr}),
          shards_(world.api, world.clock, rng_, {}, world.loop.get_executor(),
                  {kInventory, {}, "", false, nullptr}),
          inventories_(world.api, shards_, 0, world.mode),
          live_(world.api, world.clock, rng_, {}, world.loop.get_executor(), world.compute, {}),
          renderer_(world.compute),
          events_(world.api, world.clock, rng_, {}, world.loop.get_executor(), "host"),
          targets_(world, live_),
          reconciler_(
              {{world.api, live_, world.api, inventories_, world.fetcher, renderer_, observed_, world.clock},
               targets_,
               world.api,
               stagesets_,
               world.sources,
               events_,
               metrics,
               world.clock,
               rng_,
               {},
               world.options,
               work_places_}) {
        live_.on_change([this](const apply::ObjectChange& change) {
            if (const auto soon = reconciler_.object_changed(change)) {
                woken_in.push_back(*soon);
                woken_.set();
            }
        });
        shards_.add_index(apply::kInventoryOwnerIndex, apply::inventory_owner_keys);
        tasks_.spawn(stagesets_.run());
        tasks_.spawn(shards_.run());
        tasks_.spawn(events_.run());
        base::testing::settle(world.loop);
    }
    ~Process() {
        tasks_.cancel();
        tasks_.spawn(live_.stop());
        world_.drive([this] { return tasks_.size() == 0; });
    }

    base::TaskHandle start() {
        end.reset();
        return tasks_.spawn(run_once());
    }
    base::Result<RunEnd> run() {
        base::TaskHandle handle = start();
        world_.drive([this] { return end.has_value(); });
        base::testing::settle(world_.loop);
        return end.value_or(base::Error{base::ErrorCode::kInternal, "the run never ended"});
    }

    std::size_t places_taken() const { return work_places_.taken(); }

    // Runs again though no object changed.
    void wake() { woken_.set(); }

    std::optional<base::Result<RunEnd>> end;  // of the rollout: runs that only wait are not its end
    std::size_t runs_ended = 0;               // of those that only wait
    std::vector<base::Duration> woken_in;     // what changes of objects asked for
    telemetry::testing::FakeMetrics metrics;

private:
    // As the work queue does: a rollout that waits goes on when its objects change, or at the time that it names.
    base::Task<void> run_once() {
        auto ended = co_await reconciler_.run("t", "s");
        while (ended && ended->waiting) {
            ++runs_ended;
            woken_.reset();
            auto woken = co_await base::wait_until(woken_, world_.clock,
                                                   world_.clock.steady_now() + *ended->requeue_after);
            ended = woken ? co_await reconciler_.run("t", "s") : base::Result<RunEnd>(woken.error());
        }
        end.emplace(std::move(ended));
        co_return base::Result<void>{};
    }

    World& world_;
    base::Rng rng_;
    base::Event woken_{world_.loop.get_executor()};
    base::TaskGroup tasks_;
    kube::Informer stagesets_;
    kube::Informer shards_;
    apply::InventoryStore inventories_;
    apply::ManagedObjects live_;
    render::Renderer renderer_;
    apply::ObservedStages observed_;
    base::FairQueue work_places_{world_.loop.get_executor(), 2};
    kube::EventRecorder events_;
    WorldTargets targets_;
    Reconciler reconciler_;
};

// All that the StageSet's runs left in the cluster, without what only the server numbers.
inline std::map<std::string, std::string> cluster_state(const World& world) {
    std::map<std::string, std::string> state;
    for (const char* kind : {"StageSet", "StageInventory", "ConfigMap", "Deployment"}) {
        for (Value object : world.api.objects(kind)) {
            model::Object& metadata = model::ensure_object(object, {"metadata"});
            metadata.erase("uid");
            metadata.erase("resourceVersion");
            state[model::id_of(object).text()] = boost::json::serialize(object);
        }
    }
    return state;
}

inline std::map<std::string, std::string> uids(const World& world) {
    std::map<std::string, std::string> result;
    for (const char* kind : {"StageInventory", "ConfigMap", "Deployment"}) {
        for (const Value& object : world.api.objects(kind)) {
            result[model::id_of(object).text()] = model::uid_of(object);
        }
    }
    return result;
}

// Objects that carry our labels, but that no inventory knows: a later run could not prune them.
inline std::set<std::string> forgotten_objects(const World& world) {
    std::set<std::string> recorded;
    for (const Value& shard : world.api.objects("StageInventory")) {
        for (const Value& entry : *model::find_array(shard, {"spec", "entries"})) {
            recorded.emplace(model::find_string(entry, {"id"}));
        }
    }
    std::set<std::string> forgotten;
    for (const char* kind : {"ConfigMap", "Deployment"}) {
        for (const Value& object : world.api.objects(kind)) {
            const std::string id = inventory::encode_id(model::id_of(object));
            if (model::label_of(object, model::kOwnerNameLabel) == "s" && !recorded.contains(id)) {
                forgotten.insert(id);
            }
        }
    }
    return forgotten;
}

// As somebody does who takes the inventory for litter.
inline void erase_shards(World& world) {
    for (const Value& shard : world.api.objects("StageInventory")) {
        world.api.erase(kube::ref_of(shard));
    }
}

inline std::size_t writes(const World& world) {
    return world.api.requests_matching([](const Request& request) {
        return !request.dry_run && request.verb != "get" && request.verb != "list" && request.verb != "watch";
    });
}

inline std::string changed_objects(const World& world) {
    std::string text;
    for (const Request& request : world.api.requests()) {
        if (!request.dry_run && (request.verb == "apply" || request.verb == "delete")) {
            text += fmt::format("{} {}; ", request.verb, request.name);
        }
    }
    return text;
}

}  // namespace reconcile::testing
