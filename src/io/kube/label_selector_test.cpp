// SPDX-License-Identifier: 0BSD
#include "io/kube/label_selector.hpp"

#include <gtest/gtest.h>

namespace kube {
namespace {

struct Case {
    const char* name;
    const char* selector;
    bool matches;
};

class LabelSelectorCase : public ::testing::TestWithParam<Case> {};

TEST_P(LabelSelectorCase, MatchesAsTheApiServerDoes) {
    const model::Value object = {
        {"metadata", {{"name", "x"}, {"labels", {{"app", "web"}, {"a.b/tier", "front"}, {"empty", ""}}}}}};
    const auto selector = LabelSelector::parse(GetParam().selector);
    ASSERT_TRUE(selector) << selector.error().message;
    EXPECT_EQ(selector->matches(object), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Table, LabelSelectorCase,
    ::testing::Values(Case{"EmptyMatchesAll", "", true}, Case{"Equal", "app=web", true},
                      Case{"DoubleEqual", "app==web", true}, Case{"Different", "app=db", false},
                      Case{"NotEqualOther", "app!=db", true}, Case{"NotEqualSame", "app!=web", false},
                      Case{"NotEqualAbsent", "no!=web", true}, Case{"Exists", "a.b/tier", true},
                      Case{"ExistsAbsent", "no", false}, Case{"AbsentAbsent", "!no", true},
                      Case{"AbsentPresent", "!app", false}, Case{"In", "app in (db, web)", true},
                      Case{"InOther", "app in (db)", false}, Case{"NotIn", "app notin (db,x)", true},
                      Case{"NotInSame", "app notin (web)", false},
                      Case{"NotInAbsent", "no notin (web)", true}, Case{"EmptyValue", "empty=", true},
                      Case{"All", "app=web,a.b/tier in (front),!no", true},
                      Case{"OneFails", "app=web , a.b/tier=back", false}),
    [](const auto& row) { return row.param.name; });

TEST(LabelSelector, RefusesMalformedText) {
    for (const char* text : {"=a", "a b", "a in b", "a in (b", ",", "a,", "!", "a notin", "!!a"}) {
        const auto selector = LabelSelector::parse(text);
        ASSERT_FALSE(selector) << text;
        EXPECT_EQ(selector.error().code, base::ErrorCode::kInvalid);
    }
}

TEST(LabelSelector, AnObjectWithoutLabelsMatchesOnlyNegativeRequirements) {
    const model::Value object = {{"metadata", {{"name", "x"}}}};
    EXPECT_TRUE(LabelSelector::parse("!a,b!=c")->matches(object));
    EXPECT_FALSE(LabelSelector::parse("a")->matches(object));
}

}  // namespace
}  // namespace kube
