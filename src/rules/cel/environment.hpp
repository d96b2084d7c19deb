// SPDX-License-Identifier: 0BSD
// Environment and Program: compile a CEL expression once, evaluate it as often as you like. The README shows how.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/cel/function.hpp"
#include "rules/cel/type.hpp"
#include "rules/cel/value.hpp"

namespace cel {

// Bounds of what strangers may write. Each is generous for people and small for machines.
struct Limits {
    std::size_t expression_bytes_max = 100 * 1024;  // of the source; cel-go counts code points: 100,000
    int depth_max = 250;                            // nesting of the source, as cel-go's parser bounds it
    std::uint64_t cost_max = 10'000'000;            // of one evaluation; Kubernetes' per-call limit
    // Of all values that one evaluation makes, whether they are still there or not. A healthy one makes a few kilobytes.
    std::uint64_t memory_bytes_max = 64 << 20;
};

// Where programs find their variables.
class Variables {
public:
    virtual ~Variables() = default;
    // The variable's value, or nullopt: "no such attribute". The value's contents outlive the evaluation and its result.
    virtual std::optional<Value> find(std::string_view name) const = 0;
    // False: no variable's name has a dot, so that "a.b" need not be looked for.
    virtual bool has_qualified_names() const { return true; }
};

// The top-level fields of a Kubernetes object, viewed in place.
class ObjectVariables final : public Variables {
public:
    // `object` outlives this and every result.
    explicit ObjectVariables(const model::Value& object);
    std::optional<Value> find(std::string_view name) const override;
    bool has_qualified_names() const override { return qualified_; }

private:
    const model::Value& object_;
    bool qualified_ = false;
};

// A compiled expression: immutable; copies share it; many evaluations may run at once.
class Program {
public:
    // The result, or the evaluation's error. Errors: kInvalid (an error of the language: a missing key, an overflow, division by
    // zero, no such overload), kLimitExceeded (the limits of cost and memory).
    base::Result<Value> evaluate(const Variables& variables) const;
    // What the checker deduced; dyn where the environment does not check.
    const Type& result_type() const;
    // The most that one evaluation may cost, from the source alone; UINT64_MAX when unbounded.
    std::uint64_t cost_estimate_max() const;
    // What the last step of evaluate() spends, for tests of cost: evaluates and tells the units.
    struct Costed {
        base::Result<Value> result;
        std::uint64_t cost = 0;
    };
    Costed evaluate_costed(const Variables& variables) const;

    struct Plan;  // the module's own

private:
    friend class Environment;
    explicit Program(std::shared_ptr<const Plan> plan);
    std::shared_ptr<const Plan> plan_;
};

struct Variable {
    std::string name;  // may be qualified: "x.y"
    Type type = Type::dyn();
};

struct Settings {
    bool checked = true;  // false: parse and plan only; names are looked up when the program runs
    bool macros = true;   // has, all, exists, exists_one, map, filter and those of enabled syntax below
    bool optional_syntax = false;       // a.?b, a[?b], {?k: v}, optMap, optFlatMap
    bool two_variable_macros = false;   // all(i, v, …), transformList, transformMap, …
    bool bind_macros = false;           // cel.bind, cel.@block
    bool homogeneous_literals = false;  // [1, 'a'] is refused by the checker
    bool lenient_maps = false;  // as cel-go: of repeated keys the last counts, and doubles and null are keys
    bool cross_type_comparison = true;  // 1 < 2.0 type-checks
    bool judged_literals = false;       // format strings that do not fit their constants are refused
    bool early_conversions =
        false;  // conversions of constants and constant patterns are made once, and refused where they fail
    bool known_functions = false;  // functions that nobody has are refused, also where nothing is checked
    bool judged_result = false;    // a result that is certainly neither bool nor dyn is refused
    std::string container = {};    // names resolve within it first
    Limits limits = {};
};

class Environment {
public:
    Environment(Settings settings, FunctionSet functions, std::vector<Variable> variables);

    // The environment of readyChecks expressions and of wait actions: the superset that spec/25 §25.7 asks for.
    // Every top-level field of the object is a variable (dyn); apiVersion and kind are strings; metadata, spec and status are
    // empty maps where the object lacks them.
    static Environment health(Limits limits = {});
    // The conformance data's three: the standard library and five declared names; fluxcd/pkg/runtime/cel; Kubernetes' base
    // environment.
    static Environment plain();
    static Environment flux();
    static Environment kubernetes();

    // Parses, checks and plans. Errors: kInvalid with "line:column: what" for the first problem, the source line and a caret
    // below it; kLimitExceeded when the expression is too large or too deeply nested.
    base::Result<Program> compile(std::string_view source) const;

private:
    struct State;
    explicit Environment(std::shared_ptr<const State> state);
    std::shared_ptr<const State> state_;
};

}  // namespace cel
