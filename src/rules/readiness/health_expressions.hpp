// SPDX-License-Identifier: 0BSD
// HealthExpressions: readyChecks.exprs of a stage, compiled; they judge objects of their kinds instead of kstatus.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "model/stageset.hpp"
#include "rules/cel/environment.hpp"
#include "rules/readiness/health_rules.hpp"

namespace readiness {

// Immutable: many threads may judge at once.
class HealthExpressions final : public HealthRules {
public:
    // Errors: kInvalid for the first expression that is malformed, too large, or whose result can never be a bool; the message
    // names it by its place, as in "exprs[1].failed: line 1, column 8: …".
    static base::Result<std::shared_ptr<const HealthExpressions>> compile(
        const std::vector<model::ReadyExpression>& expressions);

    bool judges(std::string_view group, std::string_view kind) const override;
    // Where several entries name the kind, all must be content. An expression that cannot be evaluated, or that costs too much,
    // counts as "not yet".
    Verdict judge(const model::Value& object) const override;

private:
    struct Expression {
        cel::Program program;
        std::string source;  // as messages quote it
    };
    struct Entry {
        std::string group;
        std::string kind;
        std::unique_ptr<const Expression> in_progress;  // nullptr: not given, as the others
        std::unique_ptr<const Expression> failed;
        std::unique_ptr<const Expression> current;
    };
    static base::Result<std::unique_ptr<const Expression>> compile_one(const cel::Environment& environment,
                                                                       const std::string& source);
    static Verdict judge_by(const Entry& entry, const cel::Variables& variables);

    std::vector<Entry> entries_;
};

// Compiles each list of expressions once for all who use it: many StageSets are made from one template, and each run asks.
class HealthCompiler {
public:
    // As HealthExpressions::compile; nullptr for an empty list.
    base::Result<std::shared_ptr<const HealthRules>> compile(
        const std::vector<model::ReadyExpression>& expressions);
    std::size_t size() const { return compiled_.size(); }

private:
    std::unordered_map<std::string, std::shared_ptr<const HealthRules>> compiled_;
};

}  // namespace readiness
