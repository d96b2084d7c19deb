// SPDX-License-Identifier: 0BSD
#include "rules/transform/vars.hpp"

#include <gtest/gtest.h>

#include "rules/transform/resources.hpp"
#include "rules/transform/testing/objects.hpp"

namespace transform {
namespace {

using testing::objects;
using testing::scopes;
using testing::text;
using testing::tidy;
using testing::value;

constexpr std::string_view kSource = R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: src}
data: {text: abc, "n": 5, "on": true, list: [x, {k: v}], nothing: null}
---
)";

Variable variable(std::string name, std::string path) {
    return {std::move(name), {{"", "v1", "ConfigMap"}, "src", ""}, std::move(path)};
}

const FieldSpecs kFields = {{"", "", "Foo", "spec", false}};

struct Case {
    std::string written;
    std::string expected;
};
class VarCases : public ::testing::TestWithParam<Case> {};

TEST_P(VarCases, Expand) {
    Resources all = objects(std::string(kSource) + "{kind: Foo, spec: {a: '" + GetParam().written + "'}}");
    Variables variables;
    ASSERT_TRUE(
        declare_variables(variables,
                          {variable("T", "data.text"), variable("N", "data.n"), variable("B", "data.on"),
                           variable("L", "data.list"), variable("E", "data.list[1].k")},
                          all, scopes()));
    ASSERT_TRUE(expand_variables(all, variables, kFields));
    EXPECT_EQ(model::to_yaml(all[1].object), tidy("{kind: Foo, spec: {a: " + GetParam().expected + "}}"));
}

INSTANTIATE_TEST_SUITE_P(Table, VarCases,
                         ::testing::Values(Case{"$(T)", "abc"}, Case{"x-$(T)-$(N)", "x-abc-5"},
                                           Case{"$(N)", "5"}, Case{"$(B)", "true"},
                                           Case{"$(N)$(N)", "\"55\""}, Case{"$(X)", "$(X)"},
                                           Case{"a $(X) b", "a $(X) b"}, Case{"$$(T)", "$(T)"},
                                           Case{"$$$(T)", "$abc"}, Case{"$T", "$T"}, Case{"cost $", "cost $"},
                                           Case{"$(T", "$(T"}, Case{"$(L)", "$(L)"}, Case{"$(E)", "v"},
                                           Case{"${T}", "'${T}'"}, Case{"$()", "$()"}));

TEST(Vars, ExpandInListsAndMaps) {
    Resources all =
        objects(std::string(kSource) +
                "{kind: Foo, spec: [$(T), x]}\n---\n{kind: Foo, spec: {a: $(T), b: 1, c: [$(T)]}}");
    Variables variables;
    ASSERT_TRUE(declare_variables(variables, {variable("T", "data.text"), variable("U", "metadata.name")},
                                  all, scopes()));
    const auto unused = expand_variables(all, variables, kFields);
    ASSERT_TRUE(unused);
    EXPECT_EQ(*unused, (std::vector<std::string>{"U"}));
    EXPECT_EQ(model::to_yaml(all[1].object), tidy("{kind: Foo, spec: [abc, x]}"));
    EXPECT_EQ(model::to_yaml(all[2].object), tidy("{kind: Foo, spec: {a: abc, b: 1, c: [$(T)]}}"));
}

TEST(Vars, RefuseListsOfOtherThanTexts) {
    Resources all = objects(std::string(kSource) + "{kind: Foo, spec: [1]}");
    Variables variables;
    ASSERT_TRUE(declare_variables(variables, {variable("T", "data.text")}, all, scopes()));
    EXPECT_FALSE(expand_variables(all, variables, kFields));
}

TEST(Vars, WithoutAnyNothingIsTouched) {
    Resources all = objects("{kind: Foo, spec: {a: $$(T)}}");
    ASSERT_TRUE(expand_variables(all, {}, kFields));
    EXPECT_EQ(text(all), tidy("{kind: Foo, spec: {a: $$(T)}}"));
}

TEST(Vars, FollowTheirObjectThroughRenamings) {
    Resources all = objects(kSource);
    Variables variables;
    ASSERT_TRUE(declare_variables(variables, {variable("T", "metadata.name")}, all, scopes()));
    all[0].object.at("metadata").at("name") = "renamed";
    Resources more = objects("{kind: Foo, spec: $(T)}");
    ASSERT_TRUE(append(all, std::move(more), scopes()));
    ASSERT_TRUE(expand_variables(all, variables, kFields));
    EXPECT_EQ(model::find_string(all[1].object, {"spec"}), "renamed");
}

TEST(Vars, RefuseWhatCannotBeRead) {
    Resources all = objects(kSource);
    for (const std::string path : {"data.nope", "data.nothing", "data.text.deep"}) {
        Variables variables;
        ASSERT_TRUE(declare_variables(variables, {variable("T", path)}, all, scopes()));
        const auto done = expand_variables(all, variables, kFields);
        ASSERT_FALSE(done) << path;
        EXPECT_NE(done.error().message.find("not found in corresponding resource"), std::string::npos);
        all[0].variables.clear();
    }
    Variables variables;
    Variable other = variable("T", "data.text");
    other.object.name = "nobody";
    ASSERT_TRUE(declare_variables(variables, {other}, all, scopes()));
    const auto done = expand_variables(all, variables, kFields);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message,
              "var '{T ConfigMap.v1.[noGrp] {data.text}}' cannot be mapped to a field in the set of known "
              "resources");
}

TEST(Vars, RefuseTwoOfAName) {
    Resources all = objects(kSource);
    Variables variables = {variable("T", "data.text")};
    const auto again = merge_variables(variables, {variable("T", "data.text")});
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().message, "var 'T' already encountered");
    EXPECT_FALSE(declare_variables(variables, {variable("T", "data.n")}, all, scopes()));
}

TEST(Vars, RefuseSeveralObjects) {
    Resources all = objects(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: src, namespace: a}}\n---\n{apiVersion: v1, kind: "
        "ConfigMap, metadata: {name: src, namespace: b}}");
    Variables variables;
    const auto done = declare_variables(variables, {variable("T", "data.text")}, all, scopes());
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().message.starts_with("found 2 resId matches for var"));
    Variable precise = variable("T", "data.text");
    precise.object.ns = "b";
    EXPECT_TRUE(declare_variables(variables, {precise}, all, scopes()));
    EXPECT_EQ(all[1].variables, (std::vector<std::string>{"T"}));
}

TEST(Vars, AreRead) {
    const auto read =
        parse_variable(value("{name: V, objref: {apiVersion: apps/v1, kind: Deployment, name: d, namespace: "
                             "n}, fieldref: {fieldpath: spec.x}}"));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, (Variable{"V", {{"apps", "v1", "Deployment"}, "d", "n"}, "spec.x"}));
    EXPECT_EQ(parse_variable(value("{name: V, objref: {kind: K}}"))->field_path, "metadata.name");
    EXPECT_FALSE(parse_variable(value("{name: 1}")));
    EXPECT_FALSE(parse_variable(value("{name: V, ref: {}}")));
    EXPECT_FALSE(parse_variable(value("{name: V, objref: {k: v}}")));
    EXPECT_FALSE(parse_variable(value("{name: V, fieldref: {path: v}}")));
}

}  // namespace
}  // namespace transform
