// SPDX-License-Identifier: 0BSD
// Holds readiness::evaluate to recorded verdicts of the library that Flux uses. Messages are ours and not compared.
#include <chrono>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "model/yaml.hpp"
#include "rules/readiness/evaluate.hpp"
#include "tests/conformance/cases.hpp"

namespace {

// One recorded object writes the same line twice, which our YAML reader refuses and the original's takes once.
constexpr std::string_view kRepeatsALine = "depNotProgressing";

// `text` without lines that stand in it before, letter for letter.
std::string without_repeated_lines(std::string_view text) {
    std::set<std::string, std::less<>> seen;
    std::string result;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        if (seen.insert(line).second) {
            result += line + "\n";
        }
    }
    return result;
}

base::Result<model::Value> object_of(const conformance::Case& test) {
    const std::string_view text = model::find_string(test.value, {"object"});
    return test.name.ends_with(kRepeatsALine) ? model::parse_yaml_one(without_repeated_lines(text), test.name)
                                              : model::parse_yaml_one(text, test.name);
}

// A stated difference: the original calls a Job that was started Current, we wait until it is Complete.
bool is_unfinished_job(const model::Value& object) {
    const model::GroupVersionKind gvk = model::gvk_of(object);
    if (gvk.group != "batch" || gvk.kind != "Job") {
        return false;
    }
    const model::Array* conditions = model::find_array(object, {"status", "conditions"});
    for (const model::Value& condition : conditions == nullptr ? model::Array() : model::Array(*conditions)) {
        if (model::find_string(condition, {"type"}) == "Complete" &&
            model::find_string(condition, {"status"}) == "True") {
            return false;
        }
    }
    return true;
}

// What the original says; its errors and crashes are our Unknown.
std::string expected_state(const model::Value& test, const model::Value& object) {
    const std::string_view status = model::find_string(test, {"expected", "status"});
    if (status.empty()) {
        return "Unknown";
    }
    return status == "Current" && is_unfinished_job(object) ? "InProgress" : std::string(status);
}

TEST(Conformance, ReadinessIsWhatKstatusSays) {
    const auto cases = conformance::load_cases("kstatus");
    if (cases.empty()) {
        GTEST_SKIP()
            << "no conformance data at $STAGESET_CONFORMANCE_DIR/kstatus or ../shared/conformance/kstatus";
    }
    const base::WallTime now = std::chrono::sys_days(std::chrono::year(2026) / 6 / 15);
    conformance::Score score({});
    for (const conformance::Case& test : cases) {
        const auto object = object_of(test);
        if (!object) {
            score.add(test, object.error().text());
            continue;
        }
        const readiness::Verdict verdict = readiness::evaluate(*object, now);
        const std::string expected = expected_state(test.value, *object);
        const std::string actual(readiness::to_string(verdict.state));
        score.add(test, actual == expected
                            ? ""
                            : fmt::format("{} ({}) instead of {} ({})", actual, verdict.message, expected,
                                          model::find_string(test.value, {"expected", "message"})));
    }
    score.print("kstatus");
}

}  // namespace
