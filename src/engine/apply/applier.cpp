// SPDX-License-Identifier: 0BSD
#include "engine/apply/applier.hpp"

#include <algorithm>
#include <map>

#include "engine/apply/apply_step.hpp"
#include "engine/apply/failures.hpp"
#include "engine/apply/readiness_wait.hpp"

namespace apply {

namespace {

constexpr base::Duration kDiscoveryPoll = std::chrono::milliseconds(200);

// Whether a kind is namespaced, for kinds that CRDs among `objects` define.
std::map<std::pair<std::string, std::string>, bool> scopes_defined_by(
    const std::vector<model::Value>& objects) {
    std::map<std::pair<std::string, std::string>, bool> scopes;
    for (const model::Value& object : objects) {
        const model::ObjectId id = model::id_of(object);
        if (id.kind == "CustomResourceDefinition" && id.group == "apiextensions.k8s.io") {
            scopes[{std::string(model::find_string(object, {"spec", "group"})),
                    std::string(model::find_string(object, {"spec", "names", "kind"}))}] =
                model::find_string(object, {"spec", "scope"}) != "Cluster";
        }
    }
    return scopes;
}

// The kinds that a CustomResourceDefinition brings, one for each served version.
std::vector<kube::GroupVersionKind> kinds_defined_by(const model::Value& definition) {
    std::vector<kube::GroupVersionKind> kinds;
    const model::Array* versions = model::find_array(definition, {"spec", "versions"});
    if (versions == nullptr) {
        return kinds;
    }
    for (const model::Value& version : *versions) {
        if (model::find_bool(version, {"served"}).value_or(false)) {
            kinds.push_back({std::string(model::find_string(definition, {"spec", "group"})),
                             std::string(model::find_string(version, {"name"})),
                             std::string(model::find_string(definition, {"spec", "names", "kind"}))});
        }
    }
    return kinds;
}

std::map<model::ObjectId, std::vector<kube::GroupVersionKind>> definitions_in(
    const std::vector<model::Value>& objects) {
    std::map<model::ObjectId, std::vector<kube::GroupVersionKind>> definitions;
    for (const model::Value& object : objects) {
        const model::ObjectId id = model::id_of(object);
        if (id.kind == "CustomResourceDefinition" && id.group == "apiextensions.k8s.io") {
            definitions[id] = kinds_defined_by(object);
        }
    }
    return definitions;
}

// The kinds of those definitions that the apply created or changed: others are served already.
std::vector<kube::GroupVersionKind> newly_defined(
    const std::map<model::ObjectId, std::vector<kube::GroupVersionKind>>& definitions,
    const std::vector<AppliedObject>& applied) {
    std::vector<kube::GroupVersionKind> kinds;
    for (const AppliedObject& object : applied) {
        const auto found = definitions.find(object.id);
        if (found != definitions.end() && object.outcome != Outcome::kUnchanged) {
            std::ranges::copy(found->second, std::back_inserter(kinds));
        }
    }
    return kinds;
}

}  // namespace

Applier::Applier(kube::Client& client, LiveObjects& live, base::Clock& clock, ApplyLimits limits)
    : client_(client), live_(live), clock_(clock), limits_(limits) {}

base::Task<std::vector<model::Value>> Applier::settle_scope(std::vector<model::Value> objects) {
    const auto defined_here = scopes_defined_by(objects);
    std::vector<ObjectFailure> failures;
    for (model::Value& object : objects) {
        const model::GroupVersionKind gvk = model::gvk_of(object);
        bool namespaced = false;
        if (const auto found = defined_here.find({gvk.group, gvk.kind}); found != defined_here.end()) {
            namespaced = found->second;
        } else {
            auto resource = co_await client_.resource_for(gvk);
            if (!resource && resource.error().code != base::ErrorCode::kUnsupported) {
                co_return resource.error();
            }
            if (!resource) {
                failures.push_back({model::id_of(object), resource.error()});
                continue;
            }
            namespaced = resource->namespaced;
        }
        if (!namespaced) {
            model::ensure_object(object, {"metadata"}).erase("namespace");
        } else if (model::namespace_of(object).empty()) {
            failures.push_back(
                {model::id_of(object),
                 {base::ErrorCode::kInvalid,
                  "has no namespace; set metadata.namespace, or `namespace` in the kustomization"}});
        }
    }
    if (!failures.empty()) {
        co_return join_failures(failures, limits_.failures_reported_max);
    }
    co_return objects;
}

base::Task<std::vector<AppliedObject>> Applier::apply(std::vector<model::Value> objects, ApplyOptions options,
                                                      base::Turn& turn) {
    std::vector<AppliedObject> result;
    for (StepObjects& step : split_into_steps(std::move(objects))) {
        const bool defines = step.step != Step::kRest;
        const std::map<model::ObjectId, std::vector<kube::GroupVersionKind>> definitions =
            definitions_in(step.objects);
        if (auto taken = co_await turn.take(); !taken) {
            co_return taken.error();
        }
        ApplyStep work(client_, live_, clock_, turn, limits_, options);
        auto applied = co_await work.run(std::move(step.objects));
        if (!applied) {
            co_return applied.error();
        }
        if (defines) {
            turn.give_back();
            if (auto ready = co_await wait_for_definitions(*applied, newly_defined(definitions, *applied));
                !ready) {
                co_return ready.error();
            }
        }
        std::ranges::move(*applied, std::back_inserter(result));
    }
    co_return result;
}

base::Task<void> Applier::wait_for_definitions(std::vector<AppliedObject> applied,
                                               std::vector<kube::GroupVersionKind> defined) {
    const base::SteadyTime deadline = clock_.steady_now() + limits_.definitions_wait_max;
    std::vector<Awaited> awaited;
    for (const AppliedObject& object : applied) {
        awaited.push_back({object.ref(), object.resource_version});
    }
    ReadinessWait wait(std::move(awaited), deadline);
    while (true) {
        auto looked = co_await wait.look(live_, clock_);
        if (!looked) {
            co_return looked.error();
        }
        if (looked->ready) {
            break;
        }
        // Established within milliseconds, and mostly told by a watch: no request.
        if (auto slept = co_await clock_.sleep_for(kDiscoveryPoll); !slept) {
            co_return slept.error();
        }
    }
    for (const kube::GroupVersionKind& gvk : defined) {
        if (auto served = co_await wait_until_served(gvk, deadline); !served) {
            co_return served;
        }
    }
    co_return base::Result<void>{};
}

// An established definition shows in the server's discovery a moment later.
base::Task<void> Applier::wait_until_served(kube::GroupVersionKind gvk, base::SteadyTime deadline) {
    while (true) {
        client_.invalidate_discovery();
        auto resource = co_await client_.resource_for(gvk);
        if (resource) {
            co_return base::Result<void>{};
        }
        if (resource.error().code != base::ErrorCode::kUnsupported || clock_.steady_now() >= deadline) {
            co_return resource.error();
        }
        if (auto slept = co_await clock_.sleep_for(kDiscoveryPoll); !slept) {
            co_return slept.error();
        }
    }
}

}  // namespace apply
