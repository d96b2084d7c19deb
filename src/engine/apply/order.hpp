// SPDX-License-Identifier: 0BSD
// The order in which objects are applied and deleted (spec of the apply engine, "grouping and order").
#pragma once

#include <vector>

#include "model/value.hpp"

namespace apply {

// Each step completes, and its definitions are established, before the next begins.
enum class Step {
    kDefinitions,  // CustomResourceDefinition, Namespace, ClusterRole
    kClasses,      // any kind whose name ends in "Class"
    kRest,
};
Step step_of(const model::ObjectId& id);

// True when `left` is applied before `right` of the same step: by kind, then group and kind, namespace, name. A strict order.
bool applied_before(const model::ObjectId& left, const model::ObjectId& right);

// Sorts ids so that what depends on others is deleted first: the exact reverse of all steps in their order.
void sort_for_deletion(std::vector<model::ObjectId>& ids);

// The objects by step, steps without objects left out, each in apply order.
struct StepObjects {
    Step step = Step::kRest;
    std::vector<model::Value> objects;
};
std::vector<StepObjects> split_into_steps(std::vector<model::Value> objects);

}  // namespace apply
