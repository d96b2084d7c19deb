// SPDX-License-Identifier: 0BSD
// The first line is an object in JSON, the rest an expression, evaluated over it in each environment.
#include <cstddef>
#include <cstdint>

#include "base/invariant.hpp"
#include "model/json.hpp"
#include "rules/cel/environment.hpp"
#include "tests/conformance/cel_values.hpp"

namespace {

// What came out, described: it walks through all of the value, which may be a view of the object.
std::string outcome(const base::Result<cel::Value>& result) {
    return result ? model::to_json(conformance::describe(*result)) : result.error().text();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    const std::size_t line_end = std::min(input.find('\n'), input.size());
    const std::string_view text = input.substr(std::min(line_end + 1, input.size()));
    const auto object = model::parse_json(input.substr(0, line_end), "f", 32).value_or(model::Object());
    static const cel::Environment kEnvironments[] = {cel::Environment::plain(), cel::Environment::flux(),
                                                     cel::Environment::kubernetes(),
                                                     cel::Environment::health()};
    for (const cel::Environment& environment : kEnvironments) {
        const auto program = environment.compile(text);
        if (!program) {
            continue;
        }
        const cel::ObjectVariables variables(object);
        const auto costed = program->evaluate_costed(variables);
        const auto again = program->evaluate_costed(variables);
        base::invariant(costed.result.has_value() == again.result.has_value() && costed.cost == again.cost &&
                            outcome(costed.result) == outcome(again.result),
                        "a program keeps nothing from one evaluation to the next");
        base::invariant(outcome(program->evaluate(variables)) == outcome(costed.result),
                        "counting the cost changes nothing");
        if (!costed.result) {
            const base::ErrorCode code = costed.result.error().code;
            base::invariant(code == base::ErrorCode::kInvalid || code == base::ErrorCode::kLimitExceeded,
                            "an evaluation fails in one of two ways");
            base::invariant(!costed.result.error().message.empty(), "an error says something");
            continue;
        }
        base::invariant(costed.result->kind() != cel::ValueKind::kError, "an error is no value");
        base::invariant(costed.cost <= program->cost_estimate_max(), "an estimate is an upper bound");
    }
    return 0;
}
