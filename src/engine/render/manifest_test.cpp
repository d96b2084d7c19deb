// SPDX-License-Identifier: 0BSD
#include "engine/render/manifest.hpp"

#include <gtest/gtest.h>

namespace render {
namespace {

using base::ErrorCode;

base::Result<std::vector<ManifestObject>> read(std::string_view text) {
    std::size_t nodes_left = 1000;
    return read_manifest("a.yaml", text, nodes_left);
}

// "ConfigMap/a:1 Secret/b:5": the objects and the lines of their documents.
std::string text_of(const base::Result<std::vector<ManifestObject>>& objects) {
    if (!objects) {
        return objects.error().message;
    }
    std::string text;
    for (const ManifestObject& object : *objects) {
        text +=
            (text.empty() ? "" : " ") + model::id_of(object.value).text() + ":" + std::to_string(object.line);
    }
    return text;
}

TEST(Manifest, HoldsObjectsInTheirOrder) {
    struct Case {
        std::string name;
        std::string text;
        std::string expected;
    };
    for (const Case& row : std::vector<Case>{
             {"One", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", "ConfigMap/a:1"},
             {"Json", R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"t"}})",
              "ConfigMap/t/a:1"},
             {"Several",
              "{apiVersion: v1, kind: Secret, metadata: {name: b}}\n---\n# nothing\n---\n"
              "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n",
              "Secret/b:1 ConfigMap/a:5"},
             {"Empty", "", ""},
             {"OnlyComments", "# a\n---\n# b\n", ""},
             {"List",
              "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"
              "- {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Secret, metadata: {name: "
              "b}}]}\n",
              "ConfigMap/a:1 Secret/b:1"},
             {"TypedList",
              "apiVersion: v1\nkind: ConfigMapList\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: "
              "{name: a}}]\n",
              "ConfigMap/a:1"},
             {"EmptyList", "apiVersion: v1\nkind: List\nitems: []\n", ""},
             {"KindThatOnlyEndsInList", "apiVersion: x.io/v1\nkind: AllowList\nmetadata: {name: a}\n",
              "AllowList/a:1"},
             {"KustomizationsOwnObjects",
              "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", ""},
             {"LocalConfig",
              "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: "
              "{config.kubernetes.io/local-config: 'true'}}\n",
              ""},
             {"LocalConfigFalse",
              "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: "
              "{config.kubernetes.io/local-config: 'false'}}\n",
              "ConfigMap/a:1"},
         }) {
        EXPECT_EQ(text_of(read(row.text)), row.expected) << row.name;
    }
}

TEST(Manifest, ReadsWordsAsKustomizeDoes) {
    const auto objects = read("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {on: yes}}");
    ASSERT_TRUE(objects) << objects.error().message;
    EXPECT_EQ(model::find_string(objects->at(0).value, {"data", "on"}), "yes");
}

TEST(Manifest, RefusesWhatIsNoObjectAndSaysWhere) {
    struct Case {
        std::string name;
        std::string text;
        std::string message;
    };
    for (const Case& row : std::vector<Case>{
             {"HelmValues", "image: web\nreplicas: 2\n", "a.yaml:1: object has no apiVersion"},
             {"NoApiVersion", "kind: ConfigMap\nmetadata: {name: a}\n",
              "a.yaml:1: ConfigMap a has no apiVersion"},
             {"NoKind", "apiVersion: v1\nmetadata: {name: a}\n", "a.yaml:1: object a has no kind"},
             {"NoName", "\n\napiVersion: v1\nkind: ConfigMap\n", "a.yaml:3: ConfigMap has no metadata.name"},
             {"GenerateName", "{apiVersion: v1, kind: Pod, metadata: {generateName: a-}}",
              "a.yaml:1: Pod has no metadata.name"},
             {"NumberAsName", "{apiVersion: v1, kind: Pod, metadata: {name: 1}}",
              "a.yaml:1: Pod has no metadata.name"},
             {"SecondDocument", "{apiVersion: v1, kind: Pod, metadata: {name: a}}\n---\nkind: Pod\n",
              "a.yaml:3: Pod has no apiVersion"},
             {"Sequence", "- a\n- b\n", "a.yaml:1: this is no Kubernetes object"},
             {"Scalar", "hello\n", "a.yaml:1: this is no Kubernetes object"},
             {"ListOfScalars", "apiVersion: v1\nkind: List\nitems: [1]\n",
              "a.yaml:1: this is no Kubernetes object"},
             {"ItemWithoutKind", "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1}]\n",
              "a.yaml:1: object has no kind"},
             {"OddLabels", "{apiVersion: v1, kind: Pod, metadata: {name: a, labels: [x]}}",
              "a.yaml:1: Pod a has labels or annotations that are no mapping"},
         }) {
        const auto objects = read(row.text);
        ASSERT_FALSE(objects) << row.name;
        EXPECT_EQ(objects.error().code, ErrorCode::kInvalid) << row.name;
        EXPECT_EQ(objects.error().message, row.message) << row.name;
    }
    const auto broken = read("apiVersion: v1\nkind: [\n");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, ErrorCode::kInvalid);
    EXPECT_TRUE(broken.error().message.starts_with("a.yaml:")) << broken.error().message;
}

TEST(Manifest, AllFilesShareOneBoundOfNodes) {
    const std::string text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: b}}";
    std::size_t nodes_left = 20;
    ASSERT_TRUE(read_manifest("a.yaml", text, nodes_left));
    const std::size_t left = nodes_left;
    EXPECT_LT(left, 20U);
    ASSERT_TRUE(read_manifest("b.yaml", text, nodes_left));
    EXPECT_EQ(nodes_left, left - (20 - left));
    base::Result<std::vector<ManifestObject>> last = std::vector<ManifestObject>{};
    for (int i = 0; i < 3 && last; ++i) {
        last = read_manifest("c.yaml", text, nodes_left);
    }
    ASSERT_FALSE(last);
    EXPECT_EQ(last.error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace render
