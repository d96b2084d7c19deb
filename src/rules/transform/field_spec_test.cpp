// SPDX-License-Identifier: 0BSD
#include "rules/transform/field_spec.hpp"

#include <gtest/gtest.h>

#include "rules/transform/testing/objects.hpp"

namespace transform {
namespace {

using testing::value;

struct VisitCase {
    std::string name;
    std::string path;
    bool create = false;
    CreateAs create_as = CreateAs::kText;
    std::string object;
    std::string expected;  // each visited field becomes "X"
};

class FieldVisitorCases : public ::testing::TestWithParam<VisitCase> {};

TEST_P(FieldVisitorCases, VisitsWhatThePathNames) {
    const VisitCase& test = GetParam();
    const FieldSpecs specs = {{"", "", "", test.path, test.create}};
    FieldVisitor visitor(specs, test.create_as);
    model::Value object = value(test.object);
    const auto done = visitor.visit(object, [](model::Value& field) -> base::Result<void> {
        field = "X";
        return {};
    });
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(model::to_yaml(object), model::to_yaml(value(test.expected)));
}

INSTANTIATE_TEST_SUITE_P(
    Table, FieldVisitorCases,
    ::testing::Values(
        VisitCase{"Field", "a/b", false, CreateAs::kText, "a: {b: 1}", "a: {b: X}"},
        VisitCase{"MissingStaysMissing", "a/b", false, CreateAs::kText, "a: {c: 1}", "a: {c: 1}"},
        VisitCase{"CreatesMapsOnTheWay", "a/b/c", true, CreateAs::kText, "d: 1", "{a: {b: {c: X}}, d: 1}"},
        VisitCase{"CreatesNothingWithoutKind", "a/b", true, CreateAs::kNothing, "d: 1", "d: 1"},
        VisitCase{"EscapedSlash", R"(a/b\/c)", false, CreateAs::kText, "a: {b/c: 1}", "a: {b/c: X}"},
        VisitCase{"ListsWithBrackets", "a[]/b", false, CreateAs::kText, "a: [{b: 1}, {b: 2}, {c: 3}]",
                  "a: [{b: X}, {b: X}, {c: 3}]"},
        VisitCase{"ListsWithout", "a/b", false, CreateAs::kText, "a: [{b: 1}, {b: 2}]",
                  "a: [{b: X}, {b: X}]"},
        VisitCase{"NestedLists", "a/b", false, CreateAs::kText, "a: [[{b: 1}], {b: 2}]",
                  "a: [[{b: X}], {b: X}]"},
        VisitCase{"CreatesInListElements", "a/b", true, CreateAs::kText, "a: [{c: 1}]", "a: [{b: X, c: 1}]"},
        VisitCase{"NeverCreatesLists", "a[]/b", true, CreateAs::kText, "c: 1", "c: 1"},
        VisitCase{"NullEndsTheWay", "a/b", false, CreateAs::kText, "a: null", "a: null"},
        VisitCase{"NullBecomesAMap", "a/b", true, CreateAs::kText, "a: null", "a: {b: X}"},
        VisitCase{"NullListBecomesEmpty", "a[]/b", false, CreateAs::kText, "a: null", "a: []"},
        VisitCase{"NullElementsAreSkipped", "a/b", false, CreateAs::kText, "a: [null, {b: 1}]",
                  "a: [null, {b: X}]"},
        VisitCase{"WholeList", "a", false, CreateAs::kText, "a: [1, 2]", "a: X"}),
    [](const auto& row) { return row.param.name; });

TEST(FieldVisitor, NamesFieldAndObjectWhereAStepLeadsIntoAText) {
    const FieldSpecs specs = {{"", "", "", "spec/a/b", false}};
    FieldVisitor visitor(specs, CreateAs::kText);
    model::Value object = value("{apiVersion: apps/v1, kind: Foo, metadata: {name: f}, spec: {a: text}}");
    const auto done = visitor.visit(object, [](model::Value&) -> base::Result<void> { return {}; });
    ASSERT_FALSE(done);
    EXPECT_EQ(
        done.error().message,
        "considering field 'spec/a/b' of object Foo.v1.apps/f.[noNs]: expected sequence or mapping node");
}

TEST(FieldVisitor, AnswersTheVisitorsError) {
    const FieldSpecs specs = {{"", "", "", "a", false}};
    FieldVisitor visitor(specs, CreateAs::kText);
    model::Value object = value("a: 1");
    const auto done = visitor.visit(object, [](model::Value&) -> base::Result<void> {
        return base::Error{base::ErrorCode::kLimitExceeded, "too much"};
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, base::ErrorCode::kLimitExceeded);
}

TEST(FieldVisitor, RefusesEmptySteps) {
    const FieldSpecs specs = {{"", "", "", "a//b", false}};
    FieldVisitor visitor(specs, CreateAs::kText);
    model::Value object = value("a: {b: 1}");
    EXPECT_FALSE(visitor.visit(object, [](model::Value&) -> base::Result<void> { return {}; }));
}

TEST(FieldVisitor, ChoosesByGroupVersionAndKind) {
    const FieldSpecs specs = {
        {"apps", "", "", "a", false}, {"", "v2", "", "b", false}, {"", "", "Foo", "c", false}};
    FieldVisitor visitor(specs, CreateAs::kText);
    const auto visited = [&](std::string_view api_version, std::string_view kind) {
        model::Value object = {
            {"apiVersion", api_version}, {"kind", kind}, {"a", "-"}, {"b", "-"}, {"c", "-"}};
        std::string fields;
        EXPECT_TRUE(visitor.visit(object, [](model::Value& field) -> base::Result<void> {
            field = "X";
            return {};
        }));
        for (const std::string_view key : {"a", "b", "c"}) {
            fields += model::find_string(object, {key}) == "X" ? key : "";
        }
        return fields;
    };
    EXPECT_EQ(visited("apps/v1", "Bar"), "a");
    EXPECT_EQ(visited("v2", "Bar"), "b");
    EXPECT_EQ(visited("apps/v2", "Foo"), "abc");
    EXPECT_EQ(visited("v1", "Bar"), "");
    EXPECT_EQ(visited("apps/v2", "Foo"), "abc") << "the remembered choice";
}

TEST(FieldSpec, ParsesKeysInAnyCase) {
    const auto specs = parse_field_specs(
        value("[{Path: a/b, KIND: Foo, create: true}, {path: c, group: g, version: v}]"), "fieldSpecs");
    ASSERT_TRUE(specs) << specs.error().text();
    EXPECT_EQ(*specs, (FieldSpecs{{"", "", "Foo", "a/b", true}, {"g", "v", "", "c", false}}));
}

TEST(FieldSpec, RefusesWhatIsNoSpec) {
    for (const std::string_view text :
         {"{path: a}", "[{path: 1}]", "[{pth: a}]", "[{path: a, create: nope}]", "[a]"}) {
        EXPECT_FALSE(parse_field_specs(value(text), "fieldSpecs")) << text;
    }
}

TEST(FieldSpec, MergesWhatIsNotCovered) {
    FieldSpecs specs = {{"", "", "Foo", "a", true}};
    EXPECT_TRUE(merge_field_specs(
        specs, {{"g", "v1", "Foo", "a", true}, {"", "", "Bar", "a", true}, {"", "", "", "b", false}}));
    EXPECT_EQ(specs,
              (FieldSpecs{{"", "", "Foo", "a", true}, {"", "", "Bar", "a", true}, {"", "", "", "b", false}}));
    const auto conflict = merge_field_spec(specs, {"", "", "Foo", "a", false});
    ASSERT_FALSE(conflict);
    EXPECT_NE(conflict.error().message.find("conflicting fieldspecs"), std::string::npos);
}

}  // namespace
}  // namespace transform
