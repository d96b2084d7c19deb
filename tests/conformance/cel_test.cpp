// SPDX-License-Identifier: 0BSD
// Holds rules/cel to the CEL specification's suite, to cel-go as Kubernetes and Flux set it up, and to Flux' health checks.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/conformance/cases.hpp"
#include "tests/conformance/cel_cases.hpp"

namespace {

using conformance::Case;

// Where the specification's suite and cel-go disagree, what runs in Kubernetes counts.
const conformance::KnownGaps kKnownGaps = {
    {"authored-health/health-038-D@plain",
     "bool('true') is a bool; it was recorded as an error there alone, and cel-go 0.31.0 does not give one"},
    {"spec-network_ext/ipv4/ipv4_equals_ipv6",
     "an IPv4 address written as IPv6 is refused, as cel-go and Kubernetes do"},
    {"spec-string_ext/value_errors/lastindexof_out_of_range",
     "an offset behind the text finds from its end, as in cel-go"},
};

const std::vector<Case>& all_cases() {
    static const std::vector<Case> kCases = conformance::load_cases("cel");
    return kCases;
}

std::vector<std::string> areas() {
    std::set<std::string> names;
    for (const Case& test : all_cases()) {
        names.insert(test.area);
    }
    return names.empty() ? std::vector<std::string>{"none"} : std::vector(names.begin(), names.end());
}

// Gaps are listed as "area/name".
conformance::KnownGaps gaps_of(const std::string& area) {
    conformance::KnownGaps found;
    for (const auto& [name, reason] : kKnownGaps) {
        if (name.starts_with(area + "/")) {
            found.emplace(name, reason);
        }
    }
    return found;
}

// Each column that a case has is a verdict of its own: "name@flux".
void run_columns(const Case& test, conformance::Score& score, std::size_t& passed, std::size_t& all) {
    for (const std::string_view column : {"plain", "flux", "kubernetes"}) {
        if (model::find(test.value, {column}) == nullptr) {
            continue;
        }
        const std::string difference = conformance::run_column(test.value, column);
        score.add({test.area, fmt::format("{}@{}", test.name, column), test.value},
                  difference.empty()
                      ? ""
                      : fmt::format("{}: {}", model::find_string(test.value, {"expr"}), difference));
        passed += difference.empty() ? 1 : 0;
        ++all;
    }
}

class CelConformance : public testing::TestWithParam<std::string> {};

TEST_P(CelConformance, AgreesWithTheOriginal) {
    const std::string& area = GetParam();
    if (all_cases().empty()) {
        GTEST_SKIP() << "no conformance data at $STAGESET_CONFORMANCE_DIR/cel or ../shared/conformance/cel";
    }
    conformance::Score score(gaps_of(area));
    std::size_t passed = 0;
    std::size_t all = 0;
    std::map<std::string_view, std::size_t> skipped;
    for (const Case& test : all_cases()) {
        if (test.area != area) {
            continue;
        }
        const bool from_specification = area.starts_with("spec-");
        if (!from_specification && area != "flux-healthchecks") {
            run_columns(test, score, passed, all);
            continue;
        }
        if (const auto reason = conformance::reason_to_skip(test.value)) {
            ++skipped[*reason];
            continue;
        }
        const std::string difference = from_specification ? conformance::run_specification_case(test.value)
                                                          : conformance::run_health_check(test.value);
        const std::string_view expression =
            model::find_string(test.value, {from_specification ? "expr" : "current"});
        score.add(test, difference.empty() ? "" : fmt::format("{}: {}", expression, difference));
        passed += difference.empty() ? 1 : 0;
        ++all;
    }
    fmt::print("{}: {} of {}\n", area, passed, all);
    for (const auto& [reason, count] : skipped) {
        fmt::print("  {} skipped: {}\n", count, reason);
    }
    score.print(area);
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
    std::string name = info.param;
    std::ranges::replace(name, '-', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Areas, CelConformance, testing::ValuesIn(areas()), test_name);

}  // namespace
