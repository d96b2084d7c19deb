// SPDX-License-Identifier: 0BSD
// HealthRules: how a user judges objects of some kinds instead of the built-in rules.
#pragma once

#include <string_view>

#include "model/value.hpp"
#include "rules/readiness/evaluate.hpp"

namespace readiness {

class HealthRules {
public:
    virtual ~HealthRules() = default;
    // True for kinds that these rules judge; then the built-in ones say nothing.
    virtual bool judges(std::string_view group, std::string_view kind) const = 0;
    // Judges a whole live object of such a kind: Current, InProgress or Failed.
    virtual Verdict judge(const model::Value& object) const = 0;
};

}  // namespace readiness
