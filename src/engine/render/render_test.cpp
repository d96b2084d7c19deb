// SPDX-License-Identifier: 0BSD
#include "engine/render/render.hpp"

#include <gtest/gtest.h>

#include "engine/render/tree_files.hpp"

namespace render {
namespace {

using base::ErrorCode;
using FileMap = std::map<std::string, std::string, std::less<>>;

base::Result<Rendered> render_files(FileMap files, const RenderRequest& request = {}) {
    const artifact::FileTree tree{.files = std::move(files), .skipped = {}};
    return render_stage(TreeFiles(tree), request);
}

std::string config(const std::string& name, const std::string& text = "") {
    return "{apiVersion: v1, kind: ConfigMap, metadata: {name: " + name + ", namespace: t}, data: {k: \"" +
           text + "\"}}\n";
}

std::string ids(const base::Result<Rendered>& rendered) {
    std::string text;
    for (const model::Value& object : rendered.value().objects) {
        text += model::id_of(object).text() + " ";
    }
    return text;
}

TEST(RenderStage, TakesEveryManifestOfADirectoryWithoutKustomization) {
    const auto rendered = render_files(
        {{"b.yaml", "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80}]}}"},
         {"a.yaml", config("b") + "---\n" + config("a")},
         {"README.md", "no manifest"}});
    ASSERT_TRUE(rendered) << rendered.error().text();
    EXPECT_EQ(ids(rendered), "ConfigMap/t/b ConfigMap/t/a Service/web ");
    EXPECT_EQ(model::label_of(rendered->objects[0], "stages.metio.wtf/name"), std::nullopt);
    EXPECT_EQ(
        model::find_string(model::find_array(rendered->objects[2], {"spec", "ports"})->at(0), {"protocol"}),
        "TCP")
        << "normalised";
}

TEST(RenderStage, BuildsPatchesAndSubstitutesAPath) {
    const FileMap files = {
        {"base/web.yaml",
         "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 1}}"},
        {"base/kustomization.yaml", "resources: [web.yaml]"},
        {"overlays/prod/kustomization.yaml",
         "resources: [../../base]\nnamespace: t\ncommonAnnotations: {cluster: \"${cluster_name}\"}\n"}};
    RenderRequest request{.path = "./overlays/prod/", .variables = {{"cluster_name", "prod-eu"}, {"n", "7"}}};
    request.patches.push_back(
        {"- {op: replace, path: /spec/replicas, value: 6}", model::PatchTarget{.group = "",
                                                                               .version = "",
                                                                               .kind = "Deployment",
                                                                               .ns = "",
                                                                               .name = "web",
                                                                               .annotation_selector = "",
                                                                               .label_selector = ""}});
    const auto rendered = render_files(files, request);
    ASSERT_TRUE(rendered) << rendered.error().text();
    ASSERT_EQ(ids(rendered), "Deployment/t/web ");
    EXPECT_EQ(model::find_integer(rendered->objects[0], {"spec", "replicas"}), 6);
    EXPECT_EQ(model::annotation_of(rendered->objects[0], "cluster"), "prod-eu");
}

TEST(RenderStage, WithoutVariablesTextStaysAsItIs) {
    const auto rendered = render_files({{"a.yaml", config("a", "${X} ${X:=d} $${X}")}});
    EXPECT_EQ(model::find_string(rendered.value().objects[0], {"data", "k"}), "${X} ${X:=d} $${X}");
    const auto with = render_files({{"a.yaml", config("a", "${X:=d} $${X}")}}, {.variables = {{"Y", "1"}}});
    EXPECT_EQ(model::find_string(with.value().objects[0], {"data", "k"}), "d ${X}");
}

TEST(RenderStage, HelmHooksAreNamedOrLeftOut) {
    const FileMap files = {{"a.yaml",
                            "{apiVersion: v1, kind: ConfigMap, metadata: {name: h, annotations: "
                            "{helm.sh/hook: pre-install}}}\n---\n" +
                                config("a")}};
    const auto kept = render_files(files);
    EXPECT_EQ(ids(kept), "ConfigMap/h ConfigMap/t/a ");
    ASSERT_EQ(kept->hooks.size(), 1U);
    EXPECT_EQ(kept->hooks[0].text(), "ConfigMap/h");
    const auto dropped = render_files(files, {.helm_hooks = false});
    EXPECT_EQ(ids(dropped), "ConfigMap/t/a ");
    EXPECT_TRUE(dropped->hooks.empty());
}

TEST(RenderStage, AnEmptyRenderMustBeMeant) {
    EXPECT_EQ(render_files({{"README.md", ""}}).error().code, ErrorCode::kNotFound);
    EXPECT_TRUE(render_files({{"kustomization.yaml", "resources: []\n"}}).value().objects.empty());
}

struct Refusal {
    std::string name;
    FileMap files;
    RenderRequest request;
    ErrorCode code;
    std::string named;  // a part of the message
};

class RefusedRender : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedRender, NamesFileAndCause) {
    const auto rendered = render_files(GetParam().files, GetParam().request);
    ASSERT_FALSE(rendered);
    EXPECT_EQ(rendered.error().code, GetParam().code) << rendered.error().text();
    EXPECT_NE(rendered.error().text().find(GetParam().named), std::string::npos) << rendered.error().text();
}

std::string bomb() {
    std::string text =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i <= 9; ++i) {
        const std::string previous = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int k = 0; k < 10; ++k) {
            text += (k > 0 ? ", " : "") + previous;
        }
        text += "]\n";
    }
    return text;
}

model::Patch patch_of_nothing() {
    return {"{apiVersion: v1, kind: ConfigMap, metadata: {name: other}}", std::nullopt};
}

INSTANTIATE_TEST_SUITE_P(
    BadInput, RefusedRender,
    testing::Values(
        Refusal{"UndefinedVariable",
                {{"a.yaml", config("a", "${Z}")}},
                {.variables = {{"X", "1"}}},
                ErrorCode::kInvalid,
                "ConfigMap/t/a"},
        Refusal{"MissingFile",
                {{"kustomization.yaml", "resources: [gone.yaml]"}},
                {},
                ErrorCode::kInvalid,
                "gone.yaml"},
        Refusal{"PatchWithoutMatch",
                {{"a.yaml", config("a")}},
                {.patches = {patch_of_nothing()}},
                ErrorCode::kInvalid,
                "other"},
        Refusal{"DuplicateObject",
                {{"a.yaml", config("a")}, {"b.yaml", config("a")}},
                {},
                ErrorCode::kInvalid,
                "a"},
        Refusal{"TwiceWithAnotherVersion",
                {{"a.yaml", "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}"},
                 {"b.yaml", "{apiVersion: apps/v1beta1, kind: Deployment, metadata: {name: web}}"}},
                {},
                ErrorCode::kInvalid,
                "Deployment/web"},
        Refusal{"EscapeByDots",
                {{"kustomization.yaml", "resources: [../x.yaml]"}},
                {},
                ErrorCode::kInvalid,
                "../x.yaml"},
        Refusal{"PathOutside", {{"a.yaml", config("a")}}, {.path = "../up"}, ErrorCode::kInvalid, "../up"},
        Refusal{"NoSuchPath", {{"a.yaml", config("a")}}, {.path = "apps"}, ErrorCode::kNotFound, "apps"},
        Refusal{"RemoteBase",
                {{"kustomization.yaml", "resources: [\"https://example.org/x.yaml\"]"}},
                {},
                ErrorCode::kUnsupported,
                "example.org"},
        Refusal{"Bomb", {{"a.yaml", bomb()}}, {}, ErrorCode::kLimitExceeded, "a.yaml"},
        Refusal{
            "BadYaml", {{"apps/a.yaml", "a: 1\nb: [\n"}}, {.path = "apps"}, ErrorCode::kInvalid, "a.yaml"},
        Refusal{"ObjectWithoutName",
                {{"a.yaml", "{apiVersion: v1, kind: ConfigMap}"}},
                {},
                ErrorCode::kInvalid,
                "a.yaml"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace render
