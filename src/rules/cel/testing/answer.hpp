// SPDX-License-Identifier: 0BSD
// What an expression gives, as a line of text: its value, "error: why" or "refused: line:column: why".
#pragma once

#include <string>
#include <string_view>

#include "model/json.hpp"
#include "rules/cel/environment.hpp"
#include "rules/cel/testing/library_call.hpp"

namespace cel::testing {

inline std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

// `object`: JSON whose fields are the variables.
inline std::string answer(const Environment& environment, std::string_view source,
                          std::string_view object = "{}") {
    const auto program = environment.compile(source);
    if (!program) {
        return "refused: " + first_line(program.error().message);
    }
    const auto variables = model::parse_json(object, "the test's object");
    if (!variables) {
        return variables.error().message;
    }
    const auto value = program->evaluate(ObjectVariables(*variables));
    return value ? shown(*value) : "error: " + value.error().message;
}

// A row of a table: an expression and its answer.
struct Said {
    std::string_view source;
    std::string_view expected;
};

}  // namespace cel::testing
