// SPDX-License-Identifier: 0BSD
// Runs the recorded CEL cases of each kind: the specification's, Kubernetes' and Flux' health checks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/value.hpp"
#include "rules/cel/environment.hpp"

namespace conformance {

// What became of an expression: where it failed, or its described value.
struct CelOutcome {
    std::string phase;  // "compile_error", "error", "value"
    std::string text;   // the message, or the value as compact JSON
    std::uint64_t cost = 0;
};

// The variables are the object's top-level fields; with `padded` the five names of the README are there even where the object
// lacks them: apiVersion and kind as an empty string, metadata, spec and status as an empty map.
struct CelObject {
    const model::Value* object = nullptr;  // nullptr: no object
    bool padded = false;
};
CelOutcome evaluate(const cel::Environment& environment, std::string_view expression, CelObject object);

// Why a case of the specification cannot be ours to pass, or nullopt.
std::optional<std::string_view> reason_to_skip(const model::Value& test);

// Each answers what is wrong, empty for a case that passes.
std::string run_specification_case(const model::Value& test);
// `column` is plain, flux or kubernetes; the test has it.
std::string run_column(const model::Value& test, std::string_view column);
std::string run_health_check(const model::Value& test);

}  // namespace conformance
