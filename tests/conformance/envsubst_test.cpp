// SPDX-License-Identifier: 0BSD
// Holds envsubst::substitute to recorded results of the library that the Flux controllers use.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "model/utf8.hpp"
#include "rules/envsubst/substitute.hpp"
#include "tests/conformance/cases.hpp"

namespace {

// The outcome as one text: what the original made, or that it refused (its crash is a refusal of ours).
std::string expected_outcome(const model::Value& test) {
    if (model::find(test, {"error"}) != nullptr || model::find(test, {"panic"}) != nullptr) {
        return "error";
    }
    return fmt::format("output {}", model::find_string(test, {"output"}));
}

// The recorded files hold U+FFFD where a result is no UTF-8.
std::string as_recorded(std::string_view text) {
    std::string recorded;
    for (std::size_t at = 0; at < text.size();) {
        const model::Utf8Letter letter = model::utf8_at(text, at);
        recorded += letter.valid ? text.substr(at, letter.size) : "\uFFFD";
        at += letter.size;
    }
    return recorded;
}

TEST(Conformance, SubstitutionIsFluxEnvsubst) {
    const auto cases = conformance::load_cases("envsubst");
    if (cases.empty()) {
        GTEST_SKIP() << "no conformance data at $STAGESET_CONFORMANCE_DIR/envsubst or "
                        "../shared/conformance/envsubst";
    }
    conformance::Score score({});
    for (const conformance::Case& test : cases) {
        envsubst::Variables variables;
        for (const auto& entry : *model::find_object(test.value, {"vars"})) {
            variables.emplace(entry.key(), entry.value().as_string());
        }
        const auto result =
            envsubst::substitute(model::find_string(test.value, {"template"}), variables,
                                 {.strict = model::find_bool(test.value, {"strict"}).value_or(false)});
        const std::string actual = result ? fmt::format("output {}", as_recorded(*result)) : "error";
        score.add(test,
                  actual == expected_outcome(test.value)
                      ? ""
                      : fmt::format("\"{}\" instead of \"{}\"", result ? *result : result.error().text(),
                                    model::find_string(test.value, {"output"})));
    }
    score.print("envsubst");
}

}  // namespace
