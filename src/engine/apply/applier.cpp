// SPDX-License-Identifier: 0BSD
#include "engine/apply/applier.hpp"

#include <algorithm>
#include <map>

#include "base/task_group.hpp"
#include "engine/apply/compare.hpp"
#include "engine/apply/ownership.hpp"
#include "engine/apply/readiness_wait.hpp"

namespace apply {

struct Applier::Work {
    model::Value object;
    AppliedObject applied;
    std::optional<base::Error> failure;
};

namespace {

constexpr base::Duration kDiscoveryPoll = std::chrono::milliseconds(200);

// One error for all that failed: the first decides the code, the text names each object.
base::Error join_failures(const std::vector<ObjectFailure>& failures, std::size_t named_max) {
    base::Error joined{failures.front().error.code, "", nullptr, failures.front().error.detail};
    for (std::size_t i = 0; i < std::min(failures.size(), named_max); ++i) {
        joined.message +=
            fmt::format("{}{}: {}", i == 0 ? "" : "; ", failures[i].id.text(), failures[i].error.text());
    }
    if (failures.size() > named_max) {
        joined.message += fmt::format("; and {} more objects", failures.size() - named_max);
    }
    return joined;
}

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

kube::ObjectRef ref_of(const AppliedObject& applied) { return {applied.gvk, applied.id.ns, applied.id.name}; }

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

base::Task<std::vector<AppliedObject>> Applier::apply(std::vector<model::Value> objects, base::Turn& turn) {
    std::vector<AppliedObject> result;
    for (StepObjects& step : split_into_steps(std::move(objects))) {
        const bool defines = step.step != Step::kRest;
        const std::map<model::ObjectId, std::vector<kube::GroupVersionKind>> definitions =
            definitions_in(step.objects);
        if (auto taken = co_await turn.take(); !taken) {
            co_return taken.error();
        }
        auto applied = co_await apply_step(std::move(step));
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

base::Task<std::vector<AppliedObject>> Applier::apply_step(StepObjects step) {
    std::vector<Work> works;
    works.reserve(step.objects.size());
    for (model::Value& object : step.objects) {
        drop_unusable_ca_bundle(object);
        AppliedObject applied{model::id_of(object), model::gvk_of(object)};
        works.push_back({std::move(object), std::move(applied), std::nullopt});
    }
    if (auto checked = co_await run_all(works, &Applier::dry_run); !checked) {
        co_return checked.error();
    }
    if (auto written = co_await run_all(works, &Applier::write); !written) {
        co_return written.error();
    }
    std::vector<AppliedObject> result;
    result.reserve(works.size());
    for (Work& work : works) {
        result.push_back(std::move(work.applied));
    }
    co_return result;
}

base::Task<void> Applier::dry_run(Work& work) {
    kube::PatchRequest request{ref_of(work.applied), kube::PatchType::kApply, work.object, true, {}};
    request.options.dry_run = true;
    auto would = co_await client_.patch(std::move(request));
    if (!would) {
        co_return would.error();
    }
    if (would->created) {
        work.applied.outcome = Outcome::kCreated;
        co_return base::Result<void>{};
    }
    auto live = co_await client_.get(ref_of(work.applied));
    if (!live && live.error().code == base::ErrorCode::kNotFound) {
        // Deleted since the dry run: the write creates it again.
        work.applied.outcome = Outcome::kCreated;
        co_return base::Result<void>{};
    }
    if (!live) {
        co_return live.error();
    }
    work.applied.outcome = differs(*live, would->object) ? Outcome::kConfigured : Outcome::kUnchanged;
    work.applied.resource_version = std::string(model::resource_version_of(*live));
    work.applied.marks = marks_of(*live);
    co_return base::Result<void>{};
}

base::Task<void> Applier::write(Work& work) {
    if (work.applied.outcome == Outcome::kUnchanged) {
        co_return base::Result<void>{};
    }
    auto written = co_await client_.patch(
        {ref_of(work.applied), kube::PatchType::kApply, std::move(work.object), true, {}});
    if (!written) {
        co_return written.error();
    }
    work.applied.resource_version = std::string(model::resource_version_of(written->object));
    work.applied.marks = marks_of(written->object);
    live_.observe_write(written->object);
    co_return base::Result<void>{};
}

base::Task<void> Applier::run_all(std::vector<Work>& works, base::Task<void> (Applier::*operation)(Work&)) {
    std::size_t next = 0;
    base::TaskGroup lanes(co_await base::asio::this_coro::executor);
    const std::size_t lane_count = std::min(limits_.in_flight_max, works.size());
    for (std::size_t i = 0; i < lane_count; ++i) {
        lanes.spawn(drain(works, next, operation));
    }
    if (auto joined = co_await lanes.join(); !joined) {
        co_return joined.error();
    }
    std::vector<ObjectFailure> failures;
    for (Work& work : works) {
        if (work.failure) {
            failures.push_back({work.applied.id, std::move(*work.failure)});
        }
    }
    if (!failures.empty()) {
        co_return join_failures(failures, limits_.failures_reported_max);
    }
    co_return base::Result<void>{};
}

base::Task<void> Applier::drain(std::vector<Work>& works, std::size_t& next,
                                base::Task<void> (Applier::*operation)(Work&)) {
    while (next < works.size()) {
        Work& work = works[next++];
        auto done = co_await (this->*operation)(work);
        if (!done && done.error().code == base::ErrorCode::kCancelled) {
            co_return done.error();
        }
        if (!done) {
            work.failure = std::move(done.error());
        }
    }
    co_return base::Result<void>{};
}

base::Task<void> Applier::wait_for_definitions(std::vector<AppliedObject> applied,
                                               std::vector<kube::GroupVersionKind> defined) {
    const base::SteadyTime deadline = clock_.steady_now() + limits_.definitions_wait_max;
    std::vector<Awaited> awaited;
    for (const AppliedObject& object : applied) {
        awaited.push_back({ref_of(object), object.resource_version});
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
