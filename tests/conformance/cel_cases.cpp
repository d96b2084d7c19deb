// SPDX-License-Identifier: 0BSD
#include "tests/conformance/cel_cases.hpp"

#include <map>
#include <regex>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/invariant.hpp"
#include "model/json.hpp"
#include "rules/cel/libraries.hpp"
#include "tests/conformance/cel_values.hpp"

namespace conformance {

namespace {

// A case's bindings.
class Bindings final : public cel::Variables {
public:
    explicit Bindings(const model::Value& test) {
        const model::Object* bindings = model::find_object(test, {"bindings"});
        for (const auto& [name, described] : bindings == nullptr ? model::Object() : *bindings) {
            auto value = read_value(described);
            base::invariant(value.has_value(), "a binding cannot be read");
            values_.emplace(name, *std::move(value));
        }
    }
    std::optional<cel::Value> find(std::string_view name) const override {
        const auto found = values_.find(name);
        return found == values_.end() ? std::nullopt : std::optional(found->second);
    }

private:
    std::map<std::string, cel::Value, std::less<>> values_;
};

class ObjectFields final : public cel::Variables {
public:
    explicit ObjectFields(CelObject object)
        : fields_(object.object != nullptr ? *object.object : nothing()), padded_(object.padded) {}
    std::optional<cel::Value> find(std::string_view name) const override {
        auto found = fields_.find(name);
        if (found || !padded_) {
            return found;
        }
        if (name == "apiVersion" || name == "kind") {
            return cel::Value::string_view("");
        }
        if (name == "metadata" || name == "spec" || name == "status") {
            return cel::Value::json(nothing());
        }
        return std::nullopt;
    }

private:
    static const model::Value& nothing() {
        static const model::Value kNothing = model::Object();
        return kNothing;
    }
    cel::ObjectVariables fields_;
    bool padded_;
};

bool flag(const model::Value& test, std::string_view name) {
    return model::find_bool(test, {name}).value_or(false);
}

cel::Overload read_overload(const model::Value& overload, std::string_view function) {
    cel::Overload result{.id = std::string(model::find_string(overload, {"id"})),
                         .function = std::string(function),
                         .member = flag(overload, "member"),
                         .parameters = {},
                         .result = read_type(model::find_string(overload, {"result"}))};
    for (const model::Value& parameter : *model::find_array(overload, {"params"})) {
        result.parameters.push_back(read_type(parameter.as_string()));
    }
    // Declared functions are only checked, never called.
    result.call = [](cel::CallContext&, std::span<const cel::Value>) {
        return cel::Value::error("a declaration alone");
    };
    return result;
}

// As cel-go runs the suite: "std" cases know the standard library alone, so that nothing else shadows what they mean.
cel::FunctionSet functions_of(const model::Value& test) {
    cel::FunctionSet functions;
    cel::add_standard(functions);
    if (model::find_string(test, {"profile"}) == "std") {
        return functions;
    }
    cel::add_optionals(functions);
    cel::add_strings(functions);
    cel::add_lists(functions);
    cel::add_sets(functions);
    cel::add_math(functions);
    cel::add_encoders(functions);
    cel::add_regex(functions);
    cel::add_network(functions);
    return functions;
}

cel::Environment environment_of(const model::Value& test) {
    const bool extended = model::find_string(test, {"profile"}) != "std";
    cel::FunctionSet functions = functions_of(test);
    std::vector<cel::Variable> variables;
    const model::Array* declarations = model::find_array(test, {"type_env"});
    for (const model::Value& declaration : declarations == nullptr ? model::Array() : *declarations) {
        const std::string name(model::find_string(declaration, {"name"}));
        const model::Array* overloads = model::find_array(declaration, {"overloads"});
        if (overloads == nullptr) {
            variables.push_back({name, read_type(model::find_string(declaration, {"type"}))});
            continue;
        }
        for (const model::Value& overload : *overloads) {
            functions.add(read_overload(overload, name));
        }
    }
    const cel::Settings settings{.checked = !flag(test, "disable_check"),
                                 .macros = !flag(test, "disable_macros"),
                                 .optional_syntax = extended,
                                 .two_variable_macros = extended,
                                 .bind_macros = extended,
                                 .cross_type_comparison = false,
                                 .container = std::string(model::find_string(test, {"container"}))};
    return {settings, std::move(functions), std::move(variables)};
}

CelOutcome outcome_of(const cel::Program& program, const cel::Variables& variables) {
    const auto [result, cost] = program.evaluate_costed(variables);
    return result ? CelOutcome{"value", model::to_json(describe(*result)), cost}
                  : CelOutcome{"error", result.error().text(), cost};
}

const cel::Environment& environment_named(std::string_view column) {
    static const cel::Environment kPlain = cel::Environment::plain();
    static const cel::Environment kFlux = cel::Environment::flux();
    static const cel::Environment kKubernetes = cel::Environment::kubernetes();
    base::invariant(column == "plain" || column == "flux" || column == "kubernetes", "an unknown column");
    return column == "plain" ? kPlain : column == "flux" ? kFlux : kKubernetes;
}

// The status, "error" or "compile_error".
std::string health_of(const model::Value& test, std::string& message) {
    const model::Value& object = *model::find(test, {"object"});
    std::vector<std::pair<std::string, std::optional<cel::Program>>> programs;
    for (const std::string_view field : {"inProgress", "failed", "current"}) {
        const std::string_view expression = model::find_string(test, {field});
        programs.emplace_back(field == "current"  ? "Current"
                              : field == "failed" ? "Failed"
                                                  : "InProgress",
                              std::nullopt);
        if (expression.empty() && field != "current") {
            continue;
        }
        auto program = environment_named("flux").compile(expression);
        if (!program) {
            message = program.error().text();
            return "compile_error";
        }
        programs.back().second = *std::move(program);
    }
    const model::Value* observed = model::find(object, {"status", "observedGeneration"});
    if (observed != nullptr && observed->is_int64() &&
        observed->get_int64() != model::find_integer(object, {"metadata", "generation"})) {
        return "InProgress";
    }
    const cel::ObjectVariables variables(object);
    for (const auto& [status, program] : programs) {
        if (!program) {
            continue;
        }
        const auto value = program->evaluate(variables);
        if (!value || value->kind() != cel::ValueKind::kBool) {
            message = value ? "no bool" : value.error().text();
            return "error";
        }
        if (value->as_bool()) {
            return status;
        }
    }
    return "InProgress";
}

}  // namespace

CelOutcome evaluate(const cel::Environment& environment, std::string_view expression, CelObject object) {
    const auto program = environment.compile(expression);
    if (!program) {
        return {"compile_error", program.error().text(), 0};
    }
    return outcome_of(*program, ObjectFields(object));
}

std::optional<std::string_view> reason_to_skip(const model::Value& test) {
    if (flag(test, "needs_proto")) {
        return "needs the suite's protobuf messages: Kubernetes objects are JSON";
    }
    if (!flag(test, "uses_well_known_types")) {
        return std::nullopt;
    }
    // Durations and timestamps are values of the language itself; every other well-known type is a message that an expression
    // makes by its name and braces, or that a variable is declared as.
    constexpr std::string_view kReason = "makes or is given a protobuf message: Kubernetes objects are JSON";
    static const std::regex kConstruction("[A-Za-z_][A-Za-z0-9_]*\\{");
    if (std::regex_search(std::string(model::find_string(test, {"expr"})), kConstruction)) {
        return kReason;
    }
    const model::Array* declarations = model::find_array(test, {"type_env"});
    for (const model::Value& declaration : declarations == nullptr ? model::Array() : *declarations) {
        const std::string_view type = model::find_string(declaration, {"type"});
        if (type.starts_with("google.protobuf.") && !type.ends_with(".Duration") &&
            !type.ends_with(".Timestamp")) {
            return kReason;
        }
    }
    return std::nullopt;
}

std::string run_specification_case(const model::Value& test) {
    const auto program = environment_of(test).compile(model::find_string(test, {"expr"}));
    const model::Value& expect = *model::find(test, {"expect"});
    const bool fails = model::find(expect, {"error"}) != nullptr || flag(expect, "any_error");
    const std::string_view type = model::find_string(expect, {"deduced_type"});
    if (!program) {
        return fails
                   ? ""
                   : fmt::format("{}: does not compile: {}", model::to_json(expect), program.error().text());
    }
    if (!type.empty() && program->result_type().text() != type) {
        return fmt::format("deduced {} instead of {}", program->result_type().text(), type);
    }
    const model::Value* expected = model::find(expect, {"value"});
    if (flag(test, "check_only") || (expected == nullptr && !fails)) {
        return type.empty() ? "the case expects nothing that is understood" : "";
    }
    const Bindings bindings(test);
    const CelOutcome actual = outcome_of(*program, bindings);
    if (fails) {
        return actual.phase == "error" ? "" : fmt::format("{} instead of an error", actual.text);
    }
    const std::string text = model::to_json(normalize(*expected));
    return actual.text == text ? "" : fmt::format("{} instead of {}", actual.text, text);
}

std::string run_column(const model::Value& test, std::string_view column) {
    const CelOutcome actual = evaluate(environment_named(column), model::find_string(test, {"expr"}),
                                       {.object = model::find(test, {"object"}), .padded = column != "flux"});
    const model::Object& expect = *model::find_object(test, {column});
    const std::string phase(expect.begin()->key());
    // Nothing is owed where the original crashes.
    if (phase == "panic") {
        return "";
    }
    const std::string text = phase == "value" ? model::to_json(normalize(expect.begin()->value()))
                                              : std::string(expect.begin()->value().as_string());
    // What the original refuses while planning depends on which constants it folds: we may refuse it then, or when it runs.
    const bool same_phase = phase == "program_error" ? actual.phase != "value" : actual.phase == phase;
    if (same_phase && (phase != "value" || actual.text == text)) {
        return "";
    }
    return fmt::format("{}: {} {} instead of {} {}", column, actual.phase, actual.text, phase, text);
}

std::string run_health_check(const model::Value& test) {
    std::string message;
    const std::string actual = health_of(test, message);
    const std::string_view status = model::find_string(test, {"status"});
    const std::string expected(!status.empty()                           ? status
                               : model::find(test, {"error"}) != nullptr ? "error"
                                                                         : "compile_error");
    return actual == expected ? "" : fmt::format("{} ({}) instead of {}", actual, message, expected);
}

}  // namespace conformance
