// SPDX-License-Identifier: 0BSD
#include "rules/readiness/health_expressions.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "model/yaml.hpp"

namespace readiness {
namespace {

using model::ReadyExpression;

model::Value yaml(const std::string& text) { return model::parse_yaml_one(text, "test").value(); }

ReadyExpression on_database(std::string current, std::string in_progress = "", std::string failed = "") {
    return {"db.example.org/v1", "Database", std::move(current), std::move(in_progress), std::move(failed)};
}

Verdict judge(const std::vector<ReadyExpression>& expressions, const std::string& rest) {
    const auto rules = HealthExpressions::compile(expressions);
    if (!rules) {
        return {State::kUnknown, rules.error().text()};
    }
    return (*rules)->judge(yaml("apiVersion: db.example.org/v2\nkind: Database\n" + rest));
}

const std::string kHealthy = "status.phase == 'Healthy'";
const std::string kMoving = "status.phase == 'Moving'";
const std::string kBroken = "status.phase == 'Broken'";

struct Case {
    std::string name;
    ReadyExpression expression;
    std::string object;
    State state;
    std::string message;
};

TEST(HealthExpressions, DecideInTheirOrder) {
    const std::string all_true = "true";
    const std::vector<Case> cases = {
        {"Current", on_database(kHealthy, kMoving, kBroken), "status: {phase: Healthy}", State::kCurrent,
         "its expressions say so"},
        {"NothingIsTrue", on_database(kHealthy, kMoving, kBroken), "status: {phase: Odd}", State::kInProgress,
         "its expression current is not true yet: status.phase == 'Healthy'"},
        {"InProgress", on_database(kHealthy, kMoving, kBroken), "status: {phase: Moving}", State::kInProgress,
         "its expression inProgress is true: status.phase == 'Moving'"},
        {"Failed", on_database(kHealthy, kMoving, kBroken), "status: {phase: Broken}", State::kFailed,
         "its expression failed is true: status.phase == 'Broken'"},
        {"InProgressBeatsFailed", on_database(all_true, all_true, all_true), "status: {}", State::kInProgress,
         "its expression inProgress is true: true"},
        {"FailedBeatsCurrent", on_database(all_true, "", all_true), "status: {}", State::kFailed,
         "its expression failed is true: true"},
        {"AnOlderGenerationBeatsAll", on_database(all_true, "", all_true),
         "metadata: {generation: 3}\nstatus: {observedGeneration: 2}", State::kInProgress,
         "its controller has seen generation 2 of 3"},
        {"TheSameGeneration", on_database(all_true),
         "metadata: {generation: 3}\nstatus: {observedGeneration: 3}", State::kCurrent,
         "its expressions say so"},
        {"WithFailedAloneItsAbsenceIsReady", on_database("", "", kBroken), "status: {phase: Odd}",
         State::kCurrent, "its expressions say so"},
        {"WithFailedAlone", on_database("", "", kBroken), "status: {phase: Broken}", State::kFailed,
         "its expression failed is true: status.phase == 'Broken'"},
        {"AnyTopLevelField", on_database("data.x == '1' && kind == 'Database'"), "data: {x: '1'}",
         State::kCurrent, "its expressions say so"},
        {"NumbersOfAnyKindCompare", on_database("status.ready >= 2"), "status: {ready: 2.5}", State::kCurrent,
         "its expressions say so"},
        {"ADynamicResultThatIsNoBool", on_database("status.phase"), "status: {phase: Healthy}",
         State::kInProgress,
         "its expression current cannot be told yet (its result is string, not bool): status.phase"},
    };
    for (const Case& row : cases) {
        const Verdict verdict = judge({row.expression}, row.object);
        EXPECT_EQ(to_string(verdict.state), to_string(row.state)) << row.name;
        EXPECT_EQ(verdict.message, row.message) << row.name;
    }
}

TEST(HealthExpressions, AnErrorCountsAsNotYet) {
    for (const ReadyExpression& one :
         {on_database(kHealthy), on_database("", kMoving), on_database("true", "", kBroken)}) {
        const Verdict verdict = judge({one}, "status: {}");
        EXPECT_EQ(verdict.state, State::kInProgress);
        EXPECT_NE(verdict.message.find("cannot be told yet"), std::string::npos) << verdict.message;
        EXPECT_NE(verdict.message.find("phase"), std::string::npos) << verdict.message;
    }
}

TEST(HealthExpressions, AnExpensiveOneEndsByTheCostLimit) {
    std::string list = "status: {items: [";
    for (int i = 0; i < 3000; ++i) {
        list += fmt::format("{}, ", i);
    }
    list += "3000]}";
    const Verdict verdict = judge(
        {on_database("status.items.all(a, status.items.all(b, status.items.all(c, a + b + c >= 0)))")}, list);
    EXPECT_EQ(verdict.state, State::kInProgress);
    EXPECT_NE(verdict.message.find("cost"), std::string::npos) << verdict.message;
}

TEST(HealthExpressions, OfSeveralForAKindAllCount) {
    const ReadyExpression healthy = on_database(kHealthy);
    const ReadyExpression synced = on_database("status.synced");
    EXPECT_EQ(judge({healthy, synced}, "status: {phase: Healthy, synced: true}").state, State::kCurrent);
    EXPECT_EQ(judge({healthy, synced}, "status: {phase: Healthy, synced: false}").state, State::kInProgress);
    EXPECT_EQ(judge({healthy, on_database("", "", "true")}, "status: {phase: Odd}").state, State::kFailed);
}

TEST(HealthExpressions, JudgeTheirKindsInAnyVersion) {
    const auto rules = HealthExpressions::compile({on_database("true")});
    ASSERT_TRUE(rules);
    EXPECT_TRUE((*rules)->judges("db.example.org", "Database"));
    EXPECT_FALSE((*rules)->judges("db.example.org", "Backup"));
    EXPECT_FALSE((*rules)->judges("", "Database"));
}

struct Refused {
    std::string name;
    std::vector<ReadyExpression> expressions;
    std::string begins;
};

TEST(HealthExpressions, MalformedOnesAreRefusedByTheirPlace) {
    const std::vector<Refused> cases = {
        {"Syntax", {on_database("status.phase ==")}, "exprs[0].current: line 1, column 16: "},
        {"Second",
         {on_database("true"), on_database("true", "", "true &&\n  ] ")},
         "exprs[1].failed: line 2, column 3: "},
        {"InProgress", {on_database("true", "(")}, "exprs[0].inProgress: line 1, column "},
        {"ResultIsNoBool", {on_database("1 + 1")}, "exprs[0].current: line 1, column 3: "},
        {"ResultIsAString", {on_database("kind")}, "exprs[0].current: line 1, column "},
        {"UnknownFunction",
         {on_database("true", "status.ready ||\n  isReady(status)")},
         "exprs[0].inProgress: line 2, column 10: undeclared reference to 'isReady'"},
        {"UnknownMember",
         {on_database("true", "", "false && status.isBroken()")},
         "exprs[0].failed: line 1, column 25: undeclared reference to 'isBroken'"},
        {"NeverConverted",
         {on_database("true || int('x') == 1")},
         "exprs[0].current: line 1, column 12: type conversion error from 'string' to 'int'"},
        {"Nothing", {on_database("")}, "exprs[0]: needs current, inProgress or failed"},
        {"TooMany", std::vector<ReadyExpression>(101, on_database("true")), "exprs: more than 100 entries"},
        {"TooLarge", {on_database(std::string(200'000, ' ') + "true")}, "exprs[0].current: "},
    };
    for (const Refused& row : cases) {
        const auto rules = HealthExpressions::compile(row.expressions);
        ASSERT_FALSE(rules) << row.name;
        EXPECT_EQ(rules.error().code, base::ErrorCode::kInvalid) << row.name;
        EXPECT_TRUE(rules.error().text().starts_with(row.begins)) << row.name << ": " << rules.error().text();
        EXPECT_EQ(rules.error().text().find('\n'), std::string::npos) << row.name;
    }
}

TEST(HealthCompiler, CompilesEachListOnce) {
    HealthCompiler compiler;
    const auto first = compiler.compile({on_database("true")});
    ASSERT_TRUE(first && *first);
    EXPECT_EQ(*compiler.compile({on_database("true")}), *first);
    EXPECT_NE(*compiler.compile({on_database("", "true")}), *first) << "the same text in another field";
    EXPECT_EQ(*compiler.compile({}), nullptr);
    EXPECT_FALSE(compiler.compile({on_database("(")}));
    EXPECT_EQ(compiler.size(), 2U) << "what is refused is not kept";
}

TEST(HealthCompiler, KeepsWhatIsInUseAndABoundedNumberOfOthers) {
    HealthCompiler compiler;
    const auto held = compiler.compile({on_database("true")});
    for (int i = 0; i < 1000; ++i) {
        ASSERT_TRUE(compiler.compile({on_database(fmt::format("{} == 1", i))}));
    }
    EXPECT_LE(compiler.size(), 257U);
    EXPECT_EQ(*compiler.compile({on_database("true")}), *held);
}

}  // namespace
}  // namespace readiness
