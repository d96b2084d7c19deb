// SPDX-License-Identifier: 0BSD
// WaitTest: a wait on live objects that the test sets, driven as the reconciler drives it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"
#include "base/wait.hpp"
#include "engine/apply/readiness_wait.hpp"

namespace apply::testing {

using model::Value;

inline constexpr base::Duration kTimeout = std::chrono::minutes(5);

inline Value deployment(std::int64_t available) {
    return {{"apiVersion", "apps/v1"},
            {"kind", "Deployment"},
            {"metadata", {{"name", "web"}, {"namespace", "t"}, {"generation", 1}}},
            {"spec", {{"replicas", 3}}},
            {"status",
             {{"observedGeneration", 1},
              {"replicas", 3},
              {"updatedReplicas", 3},
              {"readyReplicas", available},
              {"availableReplicas", available},
              {"conditions", {{{"type", "Available"}, {"status", available == 3 ? "True" : "False"}}}}}}};
}

inline Value claim(const std::string& phase) {
    return {{"apiVersion", "v1"},
            {"kind", "PersistentVolumeClaim"},
            {"metadata", {{"name", "claim"}, {"namespace", "t"}}},
            {"status", {{"phase", phase}}}};
}

inline Value failed_job() {
    return {{"apiVersion", "batch/v1"},
            {"kind", "Job"},
            {"metadata", {{"name", "j"}, {"namespace", "t"}, {"generation", 1}}},
            {"status",
             {{"conditions", {{{"type", "Failed"}, {"status", "True"}, {"message", "too many restarts"}}}}}}};
}

inline Awaited awaited(std::string group, std::string kind, std::string name) {
    return {{{std::move(group), "v1", std::move(kind)}, "t", std::move(name)}, "5"};
}

class FakeLive final : public LiveObjects {
public:
    base::Task<LiveObject> read(ReadRequest request) override {
        ++reads;
        requests.push_back(request);
        if (const auto found = errors.find(request.ref.name); found != errors.end()) {
            co_return found->second;
        }
        LiveObject live;
        live.watched = watched && request.managed;
        live.unwatched_because = request.managed ? unwatched_because : "";
        const auto found = objects.find(request.ref.name);
        if (found != objects.end()) {
            const std::string version(model::resource_version_of(found->second));
            live.unchanged = request.whole && !request.known.empty() && request.known == version;
            live.object = live.unchanged ? nullptr : std::make_shared<const Value>(found->second);
        }
        co_return live;
    }
    void follow(const kube::GroupVersionKind&) override {}
    base::Task<void> wait_followed(std::vector<kube::GroupVersionKind>) override {
        co_return base::Result<void>{};
    }
    Sight sight(const kube::ObjectRef&) const override { return {}; }
    void observe_write(const Value&) override {}
    base::Task<kube::ObjectRef> locate(kube::ObjectRef ref) override {
        ++locates;
        if (!served.contains(ref.gvk.kind)) {
            co_return base::Error{base::ErrorCode::kUnsupported, "kind " + ref.gvk.kind + " is not served"};
        }
        ref.gvk.version = "v2";
        if (ref.gvk.kind == "Cluster") {
            ref.ns.clear();
        }
        co_return ref;
    }
    base::Task<std::vector<Value>> pods(std::string ns, std::string selector) override {
        pod_lists.push_back(ns + " " + selector);
        if (pods_error) {
            co_return *pods_error;
        }
        co_return found_pods;
    }
    const PodTurns& pod_turns() const override { return turns; }
    base::Task<readiness::Verdict> judge(std::shared_ptr<const readiness::HealthRules> rules,
                                         std::shared_ptr<const Value> object) override {
        co_return rules->judge(*object);
    }

    std::map<std::string, Value> objects;
    std::map<std::string, base::Error> errors;
    bool watched = true;
    std::string unwatched_because;
    std::set<std::string> served = {"Deployment", "Job", "Thing"};
    std::vector<Value> found_pods;
    std::optional<base::Error> pods_error;
    PodTurns turns;
    int reads = 0;
    int locates = 0;
    std::vector<ReadRequest> requests;
    std::vector<std::string> pod_lists;
};

// Looks as the reconciler does: when something changed, or at the time that the last look named.
class WaitTest : public ::testing::Test {
protected:
    ~WaitTest() override {
        group.cancel();
        settle();
    }
    void start(std::vector<Awaited> objects, std::shared_ptr<const readiness::HealthRules> rules = nullptr) {
        handle = group.spawn(wait(std::move(objects), std::move(rules)));
        settle();
    }
    base::Task<void> wait(std::vector<Awaited> objects, std::shared_ptr<const readiness::HealthRules> rules) {
        ReadinessWait wait(std::move(objects), clock.steady_now() + kTimeout, std::move(rules));
        while (true) {
            changed.reset();
            auto looked = co_await wait.look(live, clock);
            if (!looked || looked->ready) {
                result = looked ? base::Result<void>{} : base::Result<void>(looked.error());
                co_return base::Result<void>{};
            }
            if (looked->news) {
                reports.push_back(*looked->news);
            }
            if (auto woken = co_await base::wait_until(changed, clock, looked->again); !woken) {
                result = woken.error();
                co_return base::Result<void>{};
            }
        }
    }
    void settle() { base::testing::settle(loop); }
    void pass(base::Duration time) {
        clock.advance(time);
        settle();
    }
    void change(std::int64_t available) {
        live.objects["web"] = deployment(available);
        changed.set();
        settle();
    }
    base::ErrorCode code() const {
        return result && !*result ? result->error().code : base::ErrorCode::kInternal;
    }

    base::asio::io_context loop;
    base::testing::FakeClock clock{loop.get_executor()};
    FakeLive live;
    base::Event changed{loop.get_executor()};
    base::TaskGroup group{loop.get_executor()};
    base::TaskHandle handle;
    std::optional<base::Result<void>> result;
    std::vector<std::string> reports;
};

}  // namespace apply::testing
