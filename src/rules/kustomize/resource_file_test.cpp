// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/resource_file.hpp"

#include <gtest/gtest.h>

#include "model/json.hpp"

namespace kustomize {
namespace {

struct FileCase {
    std::string_view name;
    std::string_view text;
    std::string_view names;  // of the objects, in order; or the error
};

std::string read_names(std::string_view text) {
    const auto resources = read_resources(text, "f.yaml", {});
    if (!resources) {
        return "error: " + resources.error().text();
    }
    std::string names;
    for (const transform::Resource& resource : *resources) {
        names += names.empty() ? "" : " ";
        names += model::find_string(resource.object, {"kind"});
        names += "/";
        names += model::name_of(resource.object);
    }
    return names;
}

class ResourceFile : public testing::TestWithParam<FileCase> {};

TEST_P(ResourceFile, HoldsObjectsOrSaysWhyNot) { EXPECT_EQ(read_names(GetParam().text), GetParam().names); }

INSTANTIATE_TEST_SUITE_P(
    Table, ResourceFile,
    testing::Values(
        FileCase{"Several", "kind: A\nmetadata: {name: a}\n---\nkind: B\nmetadata: {name: b}\n", "A/a B/b"},
        FileCase{"NothingButComments", "# nothing\n---\n# at all\n", ""},
        FileCase{"EmptyDocuments", "---\n---\nkind: A\nmetadata: {name: a}\n---\nnull\n", "A/a"},
        FileCase{"Empty", "", ""},
        FileCase{"LineBreaksOfWindows",
                 "kind: A\r\nmetadata:\r\n  name: a\r\n---\r\nkind: B\r\nmetadata: {name: b}\r\n", "A/a B/b"},
        FileCase{"ByteOrderMark", "\xEF\xBB\xBFkind: A\nmetadata: {name: a}\n", "A/a"},
        FileCase{"Json", R"({"kind": "A", "metadata": {"name": "a"}})", "A/a"},
        FileCase{"Anchors", "kind: A\nmetadata: &m {name: a}\nspec: *m\n", "A/a"},
        FileCase{"MergeKeys", "x: &x {name: a}\nkind: A\nmetadata: {<<: *x}\n", "A/a"},
        FileCase{"WordsThatAreBooleansElsewhere", "kind: A\nmetadata: {name: y}\n", "A/y"},
        FileCase{"List",
                 "kind: List\nitems: [{kind: A, metadata: {name: a}}, {kind: B, metadata: {name: b}}]\n",
                 "A/a B/b"},
        FileCase{"ItemsComeLast",
                 "kind: AList\nitems: [{kind: A, metadata: {name: a}}]\n---\nkind: B\nmetadata: {name: b}\n",
                 "B/b A/a"},
        FileCase{
            "ListsInLists",
            "kind: List\nitems: [{kind: List, items: [{kind: A, metadata: {name: a}}]}, {kind: B, metadata: "
            "{name: b}}]\n",
            "B/b A/a"},
        FileCase{"EmptyList", "kind: List\nitems: []\n---\nkind: List\nitems:\n", ""},
        FileCase{"ListWithoutItemsIsAnObject", "kind: AList\n", "AList/"},
        FileCase{"ItemsThatAreNoList", "\nkind: List\nitems: {}\n",
                 "error: f.yaml:2: the items of a list are no list"},
        FileCase{"NoKind", "metadata: {name: a}\n", "error: f.yaml:1: an object has no kind"},
        FileCase{"NoName", "kind: Job\nmetadata: {generateName: j-}\n",
                 "error: f.yaml:1: an object of kind Job has no metadata.name"},
        FileCase{"NoObject", "kind: A\nmetadata: {name: a}\n---\n- a\n",
                 "error: f.yaml:4: not a Kubernetes object but a list or a plain value"},
        FileCase{"ItemThatIsNoObject", "kind: List\nitems: [a]\n",
                 "error: f.yaml:1: not a Kubernetes object but a list or a plain value"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(ResourceFile, NamesThePlaceOfBadYaml) {
    const auto resources = read_resources("kind: A\n\tx: y\n", "f.yaml", {});
    ASSERT_FALSE(resources);
    EXPECT_EQ(resources.error().code, base::ErrorCode::kInvalid);
    EXPECT_TRUE(resources.error().message.starts_with("f.yaml:2:")) << resources.error().message;
}

TEST(ResourceFile, KeepsNulls) {
    const auto resources = read_resources("kind: A\nmetadata: {name: a}\nspec: {x: null}\n", "f.yaml", {});
    ASSERT_TRUE(resources);
    EXPECT_EQ(model::to_json(resources->front().object),
              R"({"kind":"A","metadata":{"name":"a"},"spec":{"x":null}})");
}

TEST(ResourceFile, TakesAnnotationsAsTheyAreWritten) {
    const auto resources = read_resources(R"(kind: A
metadata: {name: a, annotations: {text: x}}
---
# The second one
kind: A
metadata:
  name: b
  annotations:
    float: 1.10
    hex: 0x1F
    bool: True
    nil: ~
    empty:
    "quoted": "1.10"
    list: [x]
---
kind: List
items:
- {kind: A, metadata: {name: c, annotations: &c {exp: 1e3}}}
- {kind: A, metadata: {name: d, annotations: *c}}
)",
                                          "f.yaml", {});
    ASSERT_TRUE(resources) << resources.error().text();
    std::string all;
    for (const transform::Resource& resource : *resources) {
        all += model::to_json(*model::find(resource.object, {"metadata", "annotations"})) + "\n";
    }
    EXPECT_EQ(all, R"({"text":"x"}
{"bool":"True","empty":"","float":"1.10","hex":"0x1F","list":"","nil":"~","quoted":"1.10"}
{"exp":"1e3"}
{"exp":"1000"}
)");
}

TEST(ResourceFile, WritesPlainTimesAsTheyEndButForAnnotationsAndKeys) {
    const auto resources = read_resources(
        "kind: A\nmetadata: {name: a, labels: {t: 2001-12-14}, annotations: {t: 2001-12-14, u: "
        "2001-12-14T00:00:00Z}}\n"
        "spec: {t: [2001-12-14 1:2:3.50], quoted: \"2001-12-14\", 2001-12-14: x, tag: !!timestamp "
        "2001-12-14}\n",
        "f.yaml", {});
    ASSERT_TRUE(resources) << resources.error().text();
    EXPECT_EQ(
        model::to_json(resources->at(0).object),
        R"({"kind":"A","metadata":{"annotations":{"t":"2001-12-14","u":"2001-12-14T00:00:00Z"},)"
        R"("labels":{"t":"2001-12-14T00:00:00Z"},"name":"a"},"spec":{"2001-12-14":"x","quoted":"2001-12-14",)"
        R"("t":["2001-12-14T01:02:03.5Z"],"tag":"2001-12-14T00:00:00Z"}})");
}

TEST(ResourceFile, MustNotBeginWithADirective) {
    const std::string object = "---\nkind: A\nmetadata: {name: a}\n";
    for (const char* directive : {"%YAML 1.1\n", "# c\n%YAML 1.2\n", "%TAG ! tag:x,2000:\n"}) {
        const auto resources = read_resources(directive + object, "f.yaml", {});
        ASSERT_FALSE(resources) << directive;
        EXPECT_NE(resources.error().text().find("directive"), std::string::npos) << resources.error().text();
    }
    EXPECT_TRUE(read_resources(object + "...\n%YAML 1.1\n" + object, "f.yaml", {}));
}

TEST(ResourceFile, IsBounded) {
    const auto resources =
        read_resources("kind: A\nmetadata: {name: a}\nspec: [1, 2, 3, 4]\n", "f.yaml", {.nodes_max = 5});
    ASSERT_FALSE(resources);
    EXPECT_EQ(resources.error().code, base::ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace kustomize
