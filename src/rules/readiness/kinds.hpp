// SPDX-License-Identifier: 0BSD
// The rules of single kinds, after the generic ones found nothing to say.
#pragma once

#include "rules/readiness/evaluate.hpp"

namespace readiness {

using KindRule = Verdict (*)(const model::Value& object, base::WallTime now);

// The rule of a built-in kind, or nullptr: then a Ready condition decides.
KindRule rule_of(std::string_view group, std::string_view kind);

// `object` must have readable conditions.
bool condition_is(const model::Value& object, std::string_view type, std::string_view status);

// True for a pod that no node takes.
bool is_unschedulable(const model::Value& pod);

}  // namespace readiness
