// SPDX-License-Identifier: 0BSD
// Our side of the comparison: the oracle's line protocol in front of our modules. One JSON request a line, one answer a line.
#include <iostream>
#include <string>

#include <fmt/format.h>

#include "model/json.hpp"
#include "model/utf8.hpp"
#include "model/yaml.hpp"
#include "rules/cel/environment.hpp"
#include "rules/envsubst/substitute.hpp"
#include "rules/jsonpath/template.hpp"
#include "rules/kustomize/build.hpp"
#include "rules/kustomize/testing/map_files.hpp"
#include "tests/conformance/cel_cases.hpp"

namespace {

base::Result<std::string> build(const model::Value& request) {
    kustomize::MapFiles::Texts texts;
    for (const auto& entry : *model::find_object(request, {"files"})) {
        texts.emplace(entry.key(), entry.value().as_string());
    }
    const kustomize::MapFiles files(std::move(texts));
    kustomize::BuildOptions options;
    options.restriction = kustomize::LoadRestriction::kNone;
    options.reorder = kustomize::Reorder::kNone;
    const auto objects = kustomize::build(files, model::find_string(request, {"root"}), options);
    if (!objects) {
        return objects.error();
    }
    std::string text;
    for (const model::Value& object : *objects) {
        text += text.empty() ? "" : "---\n";
        text += model::to_yaml(object);
    }
    return text;
}

base::Result<std::string> substitute(const model::Value& request) {
    envsubst::Variables variables;
    for (const auto& entry : *model::find_object(request, {"variables"})) {
        variables.emplace(entry.key(), entry.value().as_string());
    }
    return envsubst::substitute(model::find_string(request, {"text"}), variables,
                                {.strict = model::find_bool(request, {"strict"}).value_or(false)});
}

base::Result<std::string> evaluate(const model::Value& request) {
    const auto parsed = jsonpath::Template::parse(model::find_string(request, {"text"}));
    if (!parsed) {
        return parsed.error();
    }
    const bool lenient = model::find_bool(request, {"allow_missing_keys"}).value_or(false);
    return parsed->evaluate(*model::find(request, {"object"}), {.allow_missing_keys = lenient});
}

// JSON holds no other bytes: what is no UTF-8 becomes U+FFFD, as the oracle's encoder has it.
std::string as_utf8(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const model::Utf8Letter letter = model::utf8_at(text, at);
        result += letter.valid ? text.substr(at, letter.size) : "\uFFFD";
        at += letter.size;
    }
    return result;
}

// A described value, or the phase that failed and its message.
model::Object evaluate_cel(const model::Value& request) {
    static const cel::Environment kFlux = cel::Environment::flux();
    static const cel::Environment kKubernetes = cel::Environment::kubernetes();
    const bool flux = model::find_string(request, {"environment"}) == "flux";
    const conformance::CelOutcome outcome =
        conformance::evaluate(flux ? kFlux : kKubernetes, model::find_string(request, {"text"}),
                              {.object = model::find(request, {"object"}), .padded = !flux});
    if (outcome.phase == "value") {
        return {{"value", model::parse_json(outcome.text, "a described value").value()},
                {"cost", outcome.cost}};
    }
    return {{"error", as_utf8(outcome.text)},
            {"phase", outcome.phase == "compile_error" ? "compile" : "evaluation"}};
}

base::Result<std::string> run(const model::Value& request) {
    const std::string_view tool = model::find_string(request, {"tool"});
    if (tool == "kustomize") {
        return build(request);
    }
    if (tool == "envsubst") {
        return substitute(request);
    }
    if (tool == "jsonpath") {
        return evaluate(request);
    }
    return base::Error{base::ErrorCode::kUnsupported, fmt::format("no such tool: {}", tool)};
}

model::Object serve(std::string_view line) {
    const auto request = model::parse_json(line, "request");
    if (request && model::find_string(*request, {"tool"}) == "cel") {
        return evaluate_cel(*request);
    }
    const auto result = request ? run(*request) : request.error();
    if (result) {
        return {{"output", as_utf8(*result)}};
    }
    return {{"error", as_utf8(result.error().text())}};
}

}  // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        std::cout << model::to_json(model::Value(serve(line))) << std::endl;
    }
    return 0;
}
