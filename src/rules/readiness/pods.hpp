// SPDX-License-Identifier: 0BSD
// The pods behind a workload: which they are, what is wrong with them, and whether that fails the workload.
#pragma once

#include <span>
#include <string>

#include "base/time.hpp"
#include "model/value.hpp"

namespace readiness {

// True for a built-in workload that has pods by its own count: while it is under way, they tell why.
bool has_pods(const model::Value& object);

// The label selector of the workload's pods, as a list request writes it; empty when it selects none.
std::string pod_selector(const model::Value& workload);

struct PodsVerdict {
    // StatefulSets and ReplicaSets fail with a pod that crashes again and again; a pod that merely waits for a node, or that
    // is going, is none. Other workloads have controllers that say themselves when they give up.
    bool failed = false;
    // "pod web-0: container app: ImagePullBackOff: no such image", of the newest pod in trouble; empty when none is.
    std::string message;
};

// Judges what the selector found; pods that another workload controls are passed over. `now` ages pods without a node.
PodsVerdict judge_pods(const model::Value& workload, std::span<const model::Value> pods, base::WallTime now);

}  // namespace readiness
