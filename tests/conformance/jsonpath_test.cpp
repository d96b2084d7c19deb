// SPDX-License-Identifier: 0BSD
// Holds jsonpath::Template to recorded results of the library that kubectl uses.
#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "rules/jsonpath/template.hpp"
#include "tests/conformance/cases.hpp"

namespace {

std::string expected_outcome(const model::Value& test) {
    if (model::find(test, {"parse_error"}) != nullptr) {
        return "parse error";
    }
    if (model::find(test, {"error"}) != nullptr || model::find(test, {"panic"}) != nullptr) {
        return "error";
    }
    return fmt::format("output {}", model::find_string(test, {"output"}));
}

std::string actual_outcome(const model::Value& test) {
    const auto parsed = jsonpath::Template::parse(model::find_string(test, {"template"}));
    if (!parsed) {
        return "parse error";
    }
    const jsonpath::Options options{.allow_missing_keys =
                                        model::find_bool(test, {"allow_missing_keys"}).value_or(false)};
    const auto result = parsed->evaluate(*model::find(test, {"object"}), options);
    return result ? fmt::format("output {}", *result) : "error";
}

// The words between blanks, sorted: for outputs whose order the original leaves open.
std::string sorted_words(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::size_t size = std::min(text.find(' '), text.size());
        words.push_back(text.substr(0, size));
        text.remove_prefix(std::min(size + 1, text.size()));
    }
    std::ranges::sort(words);
    return fmt::format("{}", fmt::join(words, " "));
}

TEST(Conformance, JsonPathIsWhatKubectlPrints) {
    const auto cases = conformance::load_cases("jsonpath");
    if (cases.empty()) {
        GTEST_SKIP() << "no conformance data at $STAGESET_CONFORMANCE_DIR/jsonpath or "
                        "../shared/conformance/jsonpath";
    }
    conformance::Score score({});
    for (const conformance::Case& test : cases) {
        const bool any_order = model::find_bool(test.value, {"any_order"}).value_or(false);
        const std::string actual = actual_outcome(test.value);
        const std::string expected = expected_outcome(test.value);
        const bool same = any_order ? sorted_words(actual) == sorted_words(expected) : actual == expected;
        score.add(test, same ? "" : fmt::format("{} instead of {}", actual, expected));
    }
    score.print("jsonpath");
}

}  // namespace
