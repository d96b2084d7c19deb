// SPDX-License-Identifier: 0BSD
#include "rules/cel/environment.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rules/cel/checker.hpp"
#include "rules/cel/cost_estimate.hpp"
#include "rules/cel/libraries.hpp"
#include "rules/cel/parser.hpp"
#include "rules/cel/plan.hpp"
#include "rules/cel/planner.hpp"
#include "rules/cel/scope.hpp"

namespace cel {
namespace {

base::Result<Value> result_of(Value value) {
    if (!value.is_error()) {
        return value;
    }
    return base::Error{.code = value.is_fatal() ? base::ErrorCode::kLimitExceeded : base::ErrorCode::kInvalid,
                       .message = std::string(value.as_error())};
}

std::vector<Variable> object_variables() {
    return {{"apiVersion", Type::simple(TypeKind::kString)},
            {"kind", Type::simple(TypeKind::kString)},
            {"metadata"},
            {"spec"},
            {"status"}};
}

// The specification's getMilliseconds of a duration is the part below a second; cel-go's is all of it.
Value all_milliseconds(CallContext&, std::span<const Value> arguments) {
    const DurationValue duration = arguments[0].as_duration();
    return Value::integer(duration.seconds * 1000 + duration.nanos / 1'000'000);
}

FunctionSet standard_functions() {
    FunctionSet functions;
    add_standard(functions);
    functions.add({.id = "duration_to_milliseconds",
                   .function = "getMilliseconds",
                   .member = true,
                   .parameters = {Type::simple(TypeKind::kDuration)},
                   .result = Type::simple(TypeKind::kInt),
                   .call = all_milliseconds});
    return functions;
}

FunctionSet kubernetes_functions(StringsOptions strings) {
    FunctionSet functions = standard_functions();
    add_optionals(functions);
    add_strings(functions, strings);
    add_sets(functions);
    add_lists(functions);
    add_kubernetes_lists(functions);
    add_kubernetes_regex(functions);
    add_kubernetes_urls(functions);
    add_kubernetes_ip(functions);
    add_kubernetes_cidr(functions);
    add_kubernetes_quantity(functions);
    add_kubernetes_semver(functions);
    add_kubernetes_format(functions);
    return functions;
}

}  // namespace

ObjectVariables::ObjectVariables(const model::Value& object) : object_(object) {
    if (object_.is_object()) {
        qualified_ = std::ranges::any_of(object_.get_object(), [](const auto& field) {
            return field.key().find('.') != std::string_view::npos;
        });
    }
}

std::optional<Value> ObjectVariables::find(std::string_view name) const {
    if (!object_.is_object()) {
        return std::nullopt;
    }
    const model::Value* found = object_.get_object().if_contains(name);
    return found == nullptr ? std::nullopt : std::optional<Value>(Value::json(*found));
}

Program::Program(std::shared_ptr<const Plan> plan) : plan_(std::move(plan)) {}

base::Result<Value> Program::evaluate(const Variables& variables) const {
    std::uint64_t cost = 0;
    return result_of(run(*plan_, variables, cost));
}

Program::Costed Program::evaluate_costed(const Variables& variables) const {
    std::uint64_t cost = 0;
    Value value = run(*plan_, variables, cost);
    return {.result = result_of(std::move(value)), .cost = cost};
}

const Type& Program::result_type() const { return plan_->result; }
std::uint64_t Program::cost_estimate_max() const { return plan_->cost_estimate_max; }

struct Environment::State {
    std::shared_ptr<const Scope> scope;
};

Environment::Environment(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Environment::Environment(Settings settings, FunctionSet functions, std::vector<Variable> variables)
    : state_(std::make_shared<const State>(State{
          std::make_shared<const Scope>(std::move(settings), std::move(functions), std::move(variables))})) {}

Environment Environment::plain() {
    return {Settings{.lenient_maps = true, .cross_type_comparison = false}, standard_functions(),
            object_variables()};
}

Environment Environment::flux() {
    FunctionSet functions = standard_functions();
    add_optionals(functions);
    add_strings(functions);
    add_sets(functions);
    add_encoders(functions);
    return {Settings{.checked = false,
                     .optional_syntax = true,
                     .homogeneous_literals = true,
                     .lenient_maps = true,
                     .early_conversions = true},
            std::move(functions),
            {}};
}

Environment Environment::kubernetes() {
    return {Settings{.optional_syntax = true,
                     .two_variable_macros = true,
                     .homogeneous_literals = true,
                     .lenient_maps = true,
                     .judged_literals = true,
                     .early_conversions = true},
            kubernetes_functions({.version = 2}), object_variables()};
}

Environment Environment::health(Limits limits) {
    FunctionSet functions = kubernetes_functions({});
    add_math(functions);
    add_encoders(functions);
    add_regex(functions);
    auto scope = std::make_shared<Scope>(Settings{.checked = false,
                                                  .optional_syntax = true,
                                                  .two_variable_macros = true,
                                                  .bind_macros = true,
                                                  .lenient_maps = true,
                                                  .early_conversions = true,
                                                  .known_functions = true,
                                                  .judged_result = true,
                                                  .limits = limits},
                                         std::move(functions), object_variables());
    scope->set_default("apiVersion", Value::string_view(""));
    scope->set_default("kind", Value::string_view(""));
    for (const char* name : {"metadata", "spec", "status"}) {
        scope->set_default(name, Value::map({}));
    }
    return Environment(std::make_shared<const State>(State{std::move(scope)}));
}

base::Result<Program> Environment::compile(std::string_view source) const {
    const Scope& scope = *state_->scope;
    const Settings& settings = scope.settings();
    if (source.size() > settings.limits.expression_bytes_max) {
        return base::Error{.code = base::ErrorCode::kLimitExceeded,
                           .message = fmt::format("the expression is larger than {} bytes",
                                                  settings.limits.expression_bytes_max)};
    }
    Ast ast;
    const ParseOptions options{.macros = settings.macros,
                               .optional_syntax = settings.optional_syntax,
                               .two_variable_macros = settings.two_variable_macros,
                               .bind_macros = settings.bind_macros,
                               .farthest_macros = scope.functions().knows("math.@min"),
                               .sort_macro = scope.functions().knows("@sortByAssociatedKeys"),
                               .depth_max = settings.limits.depth_max};
    if (auto parsed = parse(source, options, ast); !parsed) {
        return describe(source, parsed.error());
    }
    auto plan = std::make_shared<Program::Plan>();
    plan->scope = state_->scope;
    plan->cost_max = settings.limits.cost_max;
    plan->memory_bytes_max = settings.limits.memory_bytes_max;
    if (settings.checked || settings.judged_result) {
        const auto type = check(scope, ast, !settings.checked);
        if (!type) {
            return describe(source, type.error());
        }
        const TypeKind kind = type->kind();
        if (settings.judged_result && kind != TypeKind::kBool && kind != TypeKind::kDyn) {
            return describe(source, {base::ErrorCode::kInvalid, ast.root->offset,
                                     fmt::format("the result is {} instead of bool", type->text())});
        }
        plan->result = *type;
    }
    if (auto planned = Planner(ast, *plan).whole(); !planned) {
        return describe(source, planned.error());
    }
    plan->cost_estimate_max = estimate_cost_max(*plan);
    return Program(std::move(plan));
}

}  // namespace cel
