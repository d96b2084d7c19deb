// SPDX-License-Identifier: 0BSD
#include "rules/transform/replacements.hpp"

#include <gtest/gtest.h>

#include "rules/transform/resources.hpp"
#include "rules/transform/testing/objects.hpp"

namespace transform {
namespace {

using testing::objects;
using testing::scopes;
using testing::value;

// Copies spec.v of a Src to `path` of a Tgt.
base::Result<std::string> replaced(std::string_view source, std::string_view target, std::string_view path,
                                   std::string_view options = "") {
    Resources all =
        objects(fmt::format("apiVersion: e.com/v1\nkind: Src\nmetadata: {{name: s}}\nspec:\n  v: "
                            "{}\n---\napiVersion: e.com/v1\nkind: "
                            "Tgt\nmetadata: {{name: t}}\nspec: {}\n",
                            source, target));
    const auto entry = parse_replacement_entry(value(fmt::format(
        "{{source: {{kind: Src, fieldPath: spec.v}}, targets: [{{select: {{kind: Tgt}}, fieldPaths: "
        "['{}'], options: {{{}}}}}]}}",
        path, options)));
    if (!entry) {
        return entry.error();
    }
    if (auto done = transform::apply(all, {*entry->replacement}, scopes()); !done) {
        return done.error();
    }
    return model::to_yaml(all[1].object.at("spec"));
}

struct Case {
    std::string name;
    std::string source;
    std::string target;
    std::string path;
    std::string options;
    std::string expected;  // the target's spec
};
class ReplacementCases : public ::testing::TestWithParam<Case> {};

TEST_P(ReplacementCases, Replace) {
    const Case& test = GetParam();
    const auto result = replaced(test.source, test.target, test.path, test.options);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(*result, model::to_yaml(value(test.expected)));
}

INSTANTIATE_TEST_SUITE_P(
    Scalars, ReplacementCases,
    ::testing::Values(Case{"Text", "abc", "{v: x}", "spec.v", "", "{v: abc}"},
                      Case{"TextToNumber", "\"5\"", "{v: 1}", "spec.v", "", "{v: 5}"},
                      Case{"NumberToText", "7", "{v: x}", "spec.v", "", "{v: \"7\"}"},
                      Case{"BoolToText", "true", "{v: x}", "spec.v", "", "{v: \"true\"}"},
                      Case{"IntegerToFloat", "3", "{v: 1.5}", "spec.v", "", "{v: 3}"},
                      Case{"EmptyText", "\"\"", "{v: q}", "spec.v", "", "{v: \"\"}"},
                      Case{"NewFieldsAreResolved", "\"8080\"", "{}", "spec.v", "create: true", "{v: 8080}"},
                      Case{"NewFieldsThatAreTexts", "\"a: b\"", "{}", "spec.v", "create: true",
                           "{v: \"a: b\"}"},
                      Case{"MapToScalarIsEmpty", "{a: 1}", "{v: x}", "spec.v", "", "{v: \"\"}"},
                      Case{"MapToMap", "{a: 1}", "{v: {b: 1}}", "spec.v", "", "{v: {a: 1}}"},
                      Case{"ListToMap", "[1]", "{v: {b: 1}}", "spec.v", "", "{v: [1]}"},
                      Case{"ScalarToMap", "x", "{v: {b: 1}}", "spec.v", "", "{v: x}"},
                      Case{"NewMap", "{a: 1}", "{}", "spec.v.w", "create: true", "{v: {w: {a: 1}}}"},
                      Case{"NewList", "[1, 2]", "{}", "spec.v", "create: true", "{v: [1, 2]}"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Paths, ReplacementCases,
    ::testing::Values(
        Case{"Index", "x", "{l: [a, b]}", "spec.l.1", "", "{l: [a, x]}"},
        Case{"IndexRightAfterTheLast", "x", "{l: [a, b]}", "spec.l.2", "create: true", "{l: [a, b, x]}"},
        Case{"EveryElement", "x", "{l: [{v: a}, {v: b}]}", "spec.l.*.v", "", "{l: [{v: x}, {v: x}]}"},
        Case{"ElementsMatchAnywhere", "x", "{l: [{name: foo, v: a}, {name: foobar, v: b}]}",
             "spec.l.[name=foo].v", "", "{l: [{name: foo, v: x}, {name: foobar, v: x}]}"},
        Case{"ElementsAnchored", "x", "{l: [{name: foo, v: a}, {name: foobar, v: b}]}",
             "spec.l.[name=^foo$].v", "", "{l: [{name: foo, v: x}, {name: foobar, v: b}]}"},
        Case{"ElementIsMade", "x", "{l: [{name: foo, v: a}]}", "spec.l.[name=bar].v", "create: true",
             "{l: [{name: foo, v: a}, {name: bar, v: x}]}"},
        Case{"ListIsMade", "x", "{}", "spec.l.[name=bar].v", "create: true", "{l: [{name: bar, v: x}]}"},
        Case{"PlainElements", "x", "{l: [a, b]}", "spec.l.[=a]", "", "{l: [x, b]}"},
        Case{"EscapedDots", "x", "{a.b: {c: 1.5}, d: y}", "spec.d", "", "{a.b: {c: 1.5}, d: x}"},
        Case{"KeysWithDots", "x", "{a.b: y}", R"(spec.a\.b)", "", "{a.b: x}"},
        Case{"KeysInBrackets", "x", "{a.b/c: y}", "spec.[a.b/c]", "", "{a.b/c: x}"},
        Case{"DotsInConditions", "x", "{l: [{n: a.b, v: y}]}", "spec.l.[n=a.b].v", "",
             "{l: [{n: a.b, v: x}]}"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Delimiters, ReplacementCases,
    ::testing::Values(Case{"First", "x", "{v: a/b/c}", "spec.v", "delimiter: /", "{v: x/b/c}"},
                      Case{"Middle", "x", "{v: a/b/c}", "spec.v", "delimiter: /, index: 1", "{v: a/x/c}"},
                      Case{"Before", "x", "{v: a/b/c}", "spec.v", "delimiter: /, index: -1", "{v: x/a/b/c}"},
                      Case{"After", "x", "{v: a/b/c}", "spec.v", "delimiter: /, index: 9", "{v: a/b/c/x}"},
                      Case{"LongDelimiters", "x", "{v: a--b}", "spec.v", "delimiter: --, index: 1",
                           "{v: a--x}"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    StructuredTexts, ReplacementCases,
    ::testing::Values(Case{"CompactJson", "x", R"({m: {f.json: '{"b": "<k>", "a": 1.0}'}})",
                           R"(spec.m.f\.json.b)", "", R"({m: {f.json: '{"a":1,"b":"x"}'}})"},
                      Case{"JsonEscapesMarkup", "\"<&>\"", R"({m: {f.json: '{"b": 1, "a": "y"}'}})",
                           R"(spec.m.f\.json.a)", "", R"({m: {f.json: '{"a":"\u003c\u0026\u003e","b":1}'}})"},
                      Case{"JsonOfAnotherTypeStays", "x", R"({m: {a: '{"b": 5}'}})", "spec.m.a.b", "",
                           R"({m: {a: '{"b": 5}'}})"},
                      Case{"Yaml", "x", R"({m: {a: "b: k\nc: [1, 2]"}})", "spec.m.a.b", "",
                           R"({m: {a: "b: x\nc: [1, 2]"}})"},
                      Case{"YamlIsLaidOutAnew", "x", R"({m: {a: "b:\n    - k\n    - l"}})", "spec.m.a.b.0",
                           "", R"({m: {a: "b:\n- x\n- l"}})"},
                      Case{"YamlKeepsQuotes", "x", R"({m: {a: "b: \"k\"\nc: 'l'"}})", "spec.m.a.b", "",
                           R"({m: {a: "b: \"x\"\nc: 'l'"}})"},
                      Case{"YamlKeepsComments", "x", R"({m: {a: "# top\nb: k # hi"}})", "spec.m.a.b", "",
                           R"({m: {a: "# top\nb: x # hi"}})"},
                      Case{"YamlTextsStayTexts", "\"5\"", R"({m: {a: "b: k"}})", "spec.m.a.b", "",
                           R"({m: {a: "b: \"5\""}})"},
                      Case{"YamlNewField", "{q: 1}", R"({m: {a: "b: k"}})", "spec.m.a.c", "create: true",
                           R"({m: {a: "b: k\nc:\n  q: 1"}})"},
                      Case{"OnlyTheFirstDocument", "x", R"({m: {a: "b: k\n---\nc: 1"}})", "spec.m.a.b", "",
                           R"({m: {a: "b: x"}})"}),
    [](const auto& row) { return row.param.name; });

TEST(Replacements, Refuse) {
    const std::tuple<std::string_view, std::string_view, std::string_view, std::string_view, std::string_view>
        rows[] = {
            {"abc", "{v: 1}", "spec.v", "", "\"abc\""},
            {"abc", "{v: null}", "spec.v", "", "\"abc\""},
            {"2.5", "{v: 1}", "spec.v", "", "\"2.5\""},
            {"x", "{}", "spec.v", "", "unable to find field \"spec.v\" in replacement target"},
            {"x", "{l: [a]}", "spec.l.3", "create: true", "unable to find or create field \"spec.l.3\""},
            {"x", "{l: [a]}", "spec.l.3", "create: true", "index 3 specified but only 1 elements found"},
            {"x", "{l: [a]}", "spec.l.b", "", "expected MappingNode but got SequenceNode"},
            {"x", "{m: {a: b}}", "spec.m.*", "", "expected SequenceNode but got MappingNode"},
            {"x", "{l: [{a: b}]}", "spec.l.[a].v", "", "must contain fieldName=fieldValue"},
            {"x", "{l: [{a: b}]}", "spec.l.[a=(].v", "", "no regular expression"},
            {"x", "{m: {a: hello}}", "spec.m.a.b", "", "expected MappingNode but got ScalarNode"},
            {"x", "{v: {a: b}}", "spec.v", "delimiter: /",
             "delimiter option can only be used with scalar nodes"},
            {"null", "{v: x}", "spec.v", "", "fieldPath `spec.v` is missing for replacement source"},
            {"{}", "{v: x}", "spec.v", "", "is missing"},
        };
    for (const auto& [source, target, path, options, reason] : rows) {
        const auto result = replaced(source, target, path, options);
        ASSERT_FALSE(result) << path;
        EXPECT_EQ(result.error().code, base::ErrorCode::kInvalid);
        EXPECT_NE(result.error().text().find(reason), std::string::npos) << result.error().text();
    }
}

constexpr std::string_view kObjects = R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {app: x}}, data: {k: one/two}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b, labels: {app: y}}, data: {k: b}}
---
{apiVersion: v1, kind: Secret, metadata: {name: b, namespace: t}, data: {k: c}}
)";

// What data.k of the three objects is afterwards.
std::string values_after(std::string_view entry) {
    const auto parsed = parse_replacement_entry(value(entry));
    if (!parsed) {
        return parsed.error().text();
    }
    Resources all = objects(kObjects);
    remember_id(all[1]);
    all[1].object.at("metadata").at("name") = "renamed";
    if (auto done = transform::apply(all, {*parsed->replacement}, scopes()); !done) {
        return done.error().text();
    }
    std::string values;
    for (const Resource& resource : all) {
        values +=
            (values.empty() ? "" : " ") + std::string(model::find_string(resource.object, {"data", "k"}));
    }
    return values;
}

TEST(Replacements, SelectSourcesAndTargets) {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"{sourceValue: v, targets: [{select: {kind: ConfigMap}, fieldPaths: [data.k]}]}", "v v c"},
        {"{sourceValue: v, targets: [{select: {kind: Config.*|Secret}, fieldPaths: [data.k]}]}", "v v v"},
        {"{sourceValue: v, targets: [{select: {name: b}, fieldPaths: [data.k]}]}", "one/two v v"},
        {"{sourceValue: v, targets: [{select: {name: renamed}, fieldPaths: [data.k]}]}", "one/two v c"},
        {"{sourceValue: v, targets: [{select: {namespace: t}, fieldPaths: [data.k]}]}", "one/two b v"},
        {"{sourceValue: v, targets: [{select: {labelSelector: app=x}, fieldPaths: [data.k]}]}", "v b c"},
        {"{sourceValue: v, targets: [{select: {kind: .*}, reject: [{name: b}], fieldPaths: [data.k]}]}",
         "v b c"},
        {"{sourceValue: v, targets: [{select: {kind: .*}, reject: [{labelSelector: app=x}], fieldPaths: "
         "[data.k]}]}",
         "one/two v v"},
        {"{sourceValue: v, targets: [{select: {kind: .*}, reject: [{kind: Secret}, {name: renamed}], "
         "fieldPaths: [data.k]}]}",
         "v b c"},
        {"{source: {kind: ConfigMap, name: b, fieldPath: data.k}, targets: [{select: {name: a}, fieldPaths: "
         "[data.k]}]}",
         "b b c"},
        {"{source: {kind: Secret}, targets: [{select: {name: a}, fieldPaths: [data.k]}]}", "b b c"},
        {"{source: {name: a, fieldPath: data.k, options: {delimiter: /, index: 1}}, targets: [{select: "
         "{kind: Secret}, fieldPaths: [data.k]}]}",
         "one/two b two"},
        {"{source: {kind: ConfigMap}, targets: [{select: {name: a}}]}",
         "multiple matches for selector ConfigMap.[noVer].[noGrp]/[noName].[noNs]"},
        {"{source: {kind: Nope, fieldPath: x}, targets: [{select: {name: a}}]}",
         "nothing selected by Nope.[noVer].[noGrp]/[noName].[noNs]:x"},
        {"{source: {name: a, fieldPath: data.k, options: {delimiter: /, index: 2}}, targets: [{select: "
         "{kind: Secret}}]}",
         "options.index 2 is out of bounds for value one/two"},
        {"{source: {name: a, fieldPath: data, options: {delimiter: /}}, targets: [{select: {kind: Secret}}]}",
         "delimiter option can only be used with scalar nodes"},
        {"{source: {name: a, fieldPath: 'data.*'}, targets: [{select: {kind: Secret}}]}",
         "error looking up replacement source: wildcard is not supported in PathGetter"},
        {"{source: {name: a}, sourceValue: x, targets: [{select: {kind: Secret}}]}",
         "value and resource selectors are mutually exclusive"},
        {"{sourceValue: x}", "replacements must specify a source and at least one target"},
        {"{targets: [{select: {kind: Secret}}]}",
         "replacements must specify a source and at least one target"},
        {"{sourceValue: x, targets: [{fieldPaths: [a]}]}", "target must specify resources to select"},
        {"{sourceValue: x, targets: [{select: {name: (}}]}",
         "target name \"(\" is no regular expression: missing ): ("},
    };
    for (const auto& [entry, expected] : rows) {
        EXPECT_EQ(values_after(entry), expected) << entry;
    }
}

TEST(Replacements, DefaultToTheName) {
    Resources all = objects("{kind: A, metadata: {name: a}}\n---\n{kind: B, metadata: {name: b}}");
    const auto entry = parse_replacement_entry(value("{source: {kind: A}, targets: [{select: {kind: B}}]}"));
    ASSERT_TRUE(entry);
    ASSERT_TRUE(transform::apply(all, {*entry->replacement}, scopes()));
    EXPECT_EQ(current_id(all[1]).name, "a");
}

TEST(Replacements, AreRead) {
    EXPECT_EQ(parse_replacement_entry(value("path: r.yaml"))->path, "r.yaml");
    const auto list =
        parse_replacements(value("[{sourceValue: a, targets: []}, {sourceValue: b}]"), "r.yaml");
    ASSERT_TRUE(list);
    EXPECT_EQ(list->size(), 2U);
    EXPECT_EQ(parse_replacements(value("{sourceValue: a}"), "r.yaml")->size(), 1U);
    EXPECT_FALSE(parse_replacements(value("[{path: x}]"), "r.yaml"));
    EXPECT_FALSE(parse_replacements(value("[{foo: x}]"), "r.yaml"));
    for (const std::string_view text :
         {"{path: r.yaml, source: {}}", "{source: {foo: x}}", "{source: {kind: 1}}", "{targets: {}}",
          "{targets: [{foo: x}]}", "{targets: [{select: {foo: x}}]}", "{targets: [{reject: {}}]}",
          "{targets: [{reject: [{foo: x}]}]}", "{targets: [{fieldPaths: [1]}]}",
          "{targets: [{fieldPaths: x}]}", "{targets: [{options: {foo: x}}]}",
          "{source: {options: {index: x}}}", "{sourceValue: 1}", "[]"}) {
        EXPECT_FALSE(parse_replacement_entry(value(text))) << text;
    }
}

}  // namespace
}  // namespace transform
