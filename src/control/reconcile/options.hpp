// SPDX-License-Identifier: 0BSD
// What the operator set by flags and every run obeys.
#pragma once

#include <cstddef>
#include <string>

#include "base/clock.hpp"

namespace reconcile {

struct Options {
    base::Duration default_interval = std::chrono::minutes(10);
    bool cross_namespace_refs = true;  // false: --no-cross-namespace-refs
    // Of each StageSet's namespace, for those that name none; empty: they act as the controller.
    std::string default_service_account = {};
    bool service_account_required = false;  // true: a StageSet that has none is invalid
    // A terminal verdict is looked at again this often, so that a fix outside of our sight heals it.
    base::Duration slow_recheck = std::chrono::minutes(1);
    // After this time from its deletion on, a StageSet is let go whatever is left; zero or less: never.
    base::Duration teardown_wait_max = std::chrono::hours(1);
    // Teardown waits so long for a stage's objects to terminate before it goes on to the stage before it.
    base::Duration teardown_stage_wait_max = std::chrono::minutes(5);
};

}  // namespace reconcile
