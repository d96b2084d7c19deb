// SPDX-License-Identifier: 0BSD
#include "rules/transform/selector.hpp"

#include <gtest/gtest.h>

#include "rules/transform/resources.hpp"
#include "rules/transform/testing/objects.hpp"

namespace transform {
namespace {

using testing::scopes;

Resource deployment() {
    return testing::object(R"(
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-1
  namespace: t
  labels: {app: web, tier: front, n: "5"}
  annotations: {note: x}
)");
}

struct TargetCase {
    std::string name;
    Target target;
    bool matches = false;
};
class TargetCases : public ::testing::TestWithParam<TargetCase> {};

TEST_P(TargetCases, Match) {
    const auto selector = Selector::compile(GetParam().target);
    ASSERT_TRUE(selector) << selector.error().text();
    EXPECT_EQ(selector->matches(deployment(), scopes()), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Table, TargetCases,
    ::testing::Values(
        TargetCase{"EmptyMatchesAll", {}, true}, TargetCase{"Kind", {.kind = "Deployment"}, true},
        TargetCase{"KindIsAnchored", {.kind = "Deploy"}, false},
        TargetCase{"Alternatives", {.kind = "StatefulSet|Deployment"}, true},
        TargetCase{"AlternativesAreAnchored", {.kind = "Deployment|Foo", .name = "web|1"}, false},
        TargetCase{"NameExpression", {.name = "web-.*"}, true},
        TargetCase{"NameIsAnchored", {.name = "web"}, false},
        TargetCase{"AnchorsMayBeWritten", {.name = "^web-1$"}, true},
        TargetCase{"Group", {.group = "apps"}, true}, TargetCase{"OtherGroup", {.group = "batch"}, false},
        TargetCase{"Version", {.version = "v[12]"}, true}, TargetCase{"Namespace", {.ns = "t"}, true},
        TargetCase{"OtherNamespace", {.ns = "default"}, false},
        TargetCase{"Labels", {.label_selector = "app=web"}, true},
        TargetCase{"OtherLabels", {.label_selector = "app=db"}, false},
        TargetCase{"Annotations", {.annotation_selector = "note=x"}, true},
        TargetCase{"OtherAnnotations", {.annotation_selector = "!note"}, false}),
    [](const auto& row) { return row.param.name; });

TEST(Selector, MatchesTheFirstNameAndNamespaceToo) {
    Resource resource = deployment();
    remember_id(resource);
    resource.object.at("metadata").at("name") = "middle";
    remember_id(resource);
    resource.object.at("metadata").at("name") = "last";
    resource.object.at("metadata").at("namespace") = "u";
    const auto matches = [&](const Target& target) {
        return Selector::compile(target).value().matches(resource, scopes());
    };
    EXPECT_TRUE(matches({.name = "web-1"}));
    EXPECT_TRUE(matches({.name = "last"}));
    EXPECT_FALSE(matches({.name = "middle"}));
    EXPECT_TRUE(matches({.ns = "t"}));
    EXPECT_TRUE(matches({.ns = "u"}));
}

TEST(Selector, EmptyNamespacesAreDefault) {
    const Resource config = testing::object("{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}");
    EXPECT_TRUE(Selector::compile({.ns = "default"}).value().matches(config, scopes()));
    const Resource ns = testing::object("{apiVersion: v1, kind: Namespace, metadata: {name: c}}");
    EXPECT_FALSE(Selector::compile({.ns = "default"}).value().matches(ns, scopes()));
}

TEST(Selector, RefusesBadExpressions) {
    for (const Target& target : {Target{.name = "("}, Target{.kind = "*"}, Target{.ns = "[a"},
                                 Target{.label_selector = "a in b"}, Target{.annotation_selector = "=x"}}) {
        const auto selector = Selector::compile(target);
        ASSERT_FALSE(selector);
        EXPECT_EQ(selector.error().code, base::ErrorCode::kInvalid);
    }
}

TEST(Selector, SelectsInOrder) {
    const Resources all = testing::objects(
        "{kind: A, metadata: {name: x1}}\n---\n{kind: B, metadata: {name: y}}\n---\n{kind: C, metadata: "
        "{name: x2}}\n");
    EXPECT_EQ(select(all, Selector::compile({.name = "x."}).value(), scopes()),
              (std::vector<std::size_t>{0, 2}));
}

TEST(Target, IsReadWithKeysInAnyCase) {
    const auto target = parse_target(testing::value("{group: g, version: v, kind: K, name: n, namespace: s, "
                                                    "labelselector: l, annotationSelector: a}"),
                                     "target");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->label_selector, "l");
    EXPECT_EQ(target->annotation_selector, "a");
    EXPECT_FALSE(target->empty());
    EXPECT_TRUE(Target().empty());
    EXPECT_FALSE(parse_target(testing::value("{knd: K}"), "target"));
    EXPECT_FALSE(parse_target(testing::value("{kind: 1}"), "target"));
    EXPECT_FALSE(parse_target(testing::value("text"), "target"));
}

struct LabelCase {
    std::string selector;
    bool matches = false;
};
class LabelCases : public ::testing::TestWithParam<LabelCase> {};

TEST_P(LabelCases, Match) {
    const auto selector = LabelSelector::parse(GetParam().selector);
    ASSERT_TRUE(selector) << selector.error().text();
    const model::Value labels = {{"app", "web"}, {"a.b/tier", "front"}, {"n", "5"}, {"empty", ""}};
    EXPECT_EQ(selector->matches(labels.if_object()), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Table, LabelCases,
    ::testing::Values(LabelCase{"", true}, LabelCase{"app=web", true}, LabelCase{"app==web", true},
                      LabelCase{"app = web , n=5", true}, LabelCase{"app=web,n=6", false},
                      LabelCase{"app!=web", false}, LabelCase{"other!=web", true}, LabelCase{"app", true},
                      LabelCase{"other", false}, LabelCase{"!other", true}, LabelCase{"!app", false},
                      LabelCase{"app in (db, web)", true}, LabelCase{"app in (db)", false},
                      LabelCase{"app notin (db)", true}, LabelCase{"other notin (db)", true},
                      LabelCase{"a.b/tier=front", true}, LabelCase{"n>4", true}, LabelCase{"n<5", false},
                      LabelCase{"app>1", false}, LabelCase{"empty=", true}, LabelCase{"empty in (,x)", true},
                      LabelCase{"app=,n=5", false}));

TEST(LabelSelector, MatchesWithoutAnyLabels) {
    EXPECT_TRUE(LabelSelector::parse("!a").value().matches(nullptr));
    EXPECT_FALSE(LabelSelector::parse("a").value().matches(nullptr));
}

TEST(LabelSelector, RefusesBadSyntax) {
    for (const std::string_view text : {"=x", "a in", "a in b", "a in (b", "a in (b c)", "a,", ",a", "a b",
                                        "!a=b", "a>x", "a=-x", "-a", "A/B/c=d", "a=b=c"}) {
        const auto selector = LabelSelector::parse(text);
        ASSERT_FALSE(selector) << text;
        EXPECT_NE(selector.error().message.find(text), std::string::npos);
    }
}

}  // namespace
}  // namespace transform
