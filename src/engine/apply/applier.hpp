// SPDX-License-Identifier: 0BSD
// Applier: brings a stage's objects to the cluster by server-side apply, step by step, dry run first.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/task.hpp"
#include "base/turn.hpp"
#include "engine/apply/conflict_policy.hpp"
#include "engine/apply/live_objects.hpp"
#include "engine/apply/order.hpp"
#include "io/kube/client.hpp"

namespace apply {

enum class Outcome { kCreated, kConfigured, kUnchanged };

struct AppliedObject {
    model::ObjectId id;
    kube::GroupVersionKind gvk;
    Outcome outcome = Outcome::kUnchanged;
    std::string resource_version = {};  // what the server returned: later reads must not be older
    Marks marks = {};                   // of that same state
    bool ours = true;                   // false: kept as it was found, without our labels
    // Another StageSet of which the live object had the labels, until this apply took it over.
    std::shared_ptr<const Owner> taken_from = {};

    kube::ObjectRef ref() const { return {gvk, id.ns, id.name}; }
};

// One failed object; `error` names it.
struct ObjectFailure {
    model::ObjectId id;
    base::Error error;
};

struct ApplyLimits {
    std::size_t in_flight_max = 32;  // requests of one stage at once; the client queues fairly behind it
    base::Duration definitions_wait_max =
        std::chrono::seconds(60);            // as the reference: CRDs are established in seconds
    std::size_t failures_reported_max = 10;  // more objects than a person reads in a condition
};

struct ApplyOptions {
    ConflictRules conflicts = {};
    // When the stage's time is over. What is recreated is waited for until shortly before.
    base::SteadyTime deadline = base::SteadyTime::max();
};

class Applier {
public:
    Applier(kube::Client& client, LiveObjects& live, base::Clock& clock, ApplyLimits limits = {});

    // Settles which namespace each object lives in, before anything is recorded or applied: cluster-scoped kinds lose a
    // namespace they carry. Kinds that `objects` themselves define (CRDs of the same stage) count as the CRD says.
    // Errors: kInvalid (a namespaced object without namespace; all are listed), kUnsupported (unknown kind), those of
    // kube::Client::resource_for.
    base::Task<std::vector<model::Value>> settle_scope(std::vector<model::Value> objects);

    // Applies all objects: per step first every dry run, then every write of what is new or differs, then the wait for
    // definitions. A failing dry run stops its step before anything of the step is written, and every failing object is
    // reported. Answers one entry for each object, in apply order.
    // What cannot be changed in place is treated as `options.conflicts` say. See ApplyStep.
    // `turn` is held while it works and given back while it waits for definitions, or for deleted objects to go.
    // Errors: those of kube::Client::patch; kDeadlineExceeded when definitions do not get ready in time, or an object that is to
    // be made anew does not go.
    base::Task<std::vector<AppliedObject>> apply(std::vector<model::Value> objects, ApplyOptions options,
                                                 base::Turn& turn);
    base::Task<std::vector<AppliedObject>> apply(std::vector<model::Value> objects, base::Turn& turn) {
        return apply(std::move(objects), ApplyOptions{}, turn);
    }

private:
    base::Task<void> wait_for_definitions(std::vector<AppliedObject> applied,
                                          std::vector<kube::GroupVersionKind> defined);
    base::Task<void> wait_until_served(kube::GroupVersionKind gvk, base::SteadyTime deadline);

    kube::Client& client_;
    LiveObjects& live_;
    base::Clock& clock_;
    ApplyLimits limits_;
};

}  // namespace apply
