// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/build.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "rules/kustomize/testing/build_texts.hpp"

namespace kustomize {
namespace {

using Texts = MapFiles::Texts;

const std::string kA = object_text("ConfigMap", "a");
const std::string kB = object_text("ConfigMap", "b");

BuildOptions in_order() {
    BuildOptions options;
    options.reorder = Reorder::kNone;
    return options;
}

TEST(Build, TakesInFilesAndDirectoriesInOrder) {
    const Texts texts = {{"o/kustomization.yaml", "resources: [../base, x.yaml]\nnamePrefix: p-\n"},
                         {"o/x.yaml", kB},
                         {"base/kustomization.yml", "resources: [a.yaml]\nnameSuffix: -s\n"},
                         {"base/a.yaml", kA}};
    EXPECT_EQ(build_names(texts, "o", in_order()), "ConfigMap/p-a-s ConfigMap/p-b");
}

TEST(Build, OrdersAsAsked) {
    const Texts texts = {{"kustomization.yaml", "resources: [x.yaml]\n"},
                         {"x.yaml", kB + "---\n" + object_text("Service", "s") + "---\n" +
                                        object_text("Namespace", "n") + "---\n" + kA}};
    const std::string legacy = "Namespace/n ConfigMap/a ConfigMap/b Service/s";
    EXPECT_EQ(build_names(texts), legacy);
    BuildOptions options;
    options.reorder = Reorder::kLegacy;
    EXPECT_EQ(build_names(texts, "", options), legacy);
    EXPECT_EQ(build_names(texts, "", in_order()), "ConfigMap/b Service/s Namespace/n ConfigMap/a");
    Texts sorted = texts;
    sorted["kustomization.yaml"] += "sortOptions: {order: fifo}\n";
    EXPECT_EQ(build_names(sorted, "", options), "ConfigMap/b Service/s Namespace/n ConfigMap/a");
}

TEST(Build, GivesGeneratedObjectsTheirHashAndEveryReferenceTheNewName) {
    const Texts texts = {
        {"kustomization.yaml",
         "resources: [pod.yaml]\nconfigMapGenerator: [{name: cfg, files: [k=f]}]\nnamePrefix: p-\n"},
        {"f", "v"},
        {"pod.yaml",
         "apiVersion: v1\nkind: Pod\nmetadata: {name: w}\nspec:\n  volumes: [{name: v, configMap: {name: "
         "cfg}}]\n"}};
    const std::string text = build_text(texts, "", in_order());
    EXPECT_NE(text.find("  volumes:\n  - configMap:\n      name: p-cfg-bdg947hgcc\n"), std::string::npos)
        << text;
    EXPECT_NE(text.find("data:\n  k: v\n"), std::string::npos) << text;
    EXPECT_NE(text.find("  name: p-cfg-bdg947hgcc\n---") == std::string::npos
                  ? text.find("metadata:\n  name: p-cfg-bdg947hgcc\n")
                  : 0U,
              std::string::npos)
        << text;
}

TEST(Build, RunsAComponentOnWhatIsThereAlready) {
    const Texts texts = {{"kustomization.yaml", "resources: [a.yaml]\ncomponents: [c]\n"},
                         {"a.yaml", kA},
                         {"c/kustomization.yaml",
                          "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: "
                          "c-\nresources: [b.yaml]\n"},
                         {"c/b.yaml", kB}};
    EXPECT_EQ(build_names(texts, "", in_order()), "ConfigMap/c-a ConfigMap/c-b");
}

TEST(Build, AppliesPatchesFromOutsideLast) {
    const Texts texts = {{"kustomization.yaml",
                          "resources: [a.yaml]\npatches: [{target: {kind: ConfigMap}, patch: \"- {op: "
                          "add, path: /data, value: {k: own}}\"}]\n"},
                         {"a.yaml", kA}};
    BuildOptions options;
    options.patches.push_back(
        {.patch = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: stage}\n",
         .target = std::nullopt});
    options.patches.emplace_back().patch = "- {op: add, path: /data/t, value: v}";
    options.patches.back().target.emplace().kind = "Config.*";
    EXPECT_EQ(build_text(texts, "", options),
              "apiVersion: v1\ndata:\n  k: stage\n  t: v\nkind: ConfigMap\nmetadata:\n  name: a\n");
    options.patches.clear();
    options.patches.emplace_back().patch = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nope}\n";
    EXPECT_TRUE(build_text(texts, "", options).starts_with("error: kustomization.yaml: patches[1]: "));
}

TEST(Build, TellsOriginsWhereAsked) {
    const Texts texts = {
        {"o/kustomization.yaml",
         "resources: [../base]\nbuildMetadata: [originAnnotations, transformerAnnotations, managedByLabel]\n"
         "namePrefix: p-\nconfigMapGenerator: [{name: g, options: {disableNameSuffixHash: true}}]\n"},
        {"base/kustomization.yaml", "resources: [a.yaml]\n"},
        {"base/a.yaml", kA}};
    EXPECT_EQ(build_text(texts, "o", in_order()), R"(apiVersion: v1
kind: ConfigMap
metadata:
  annotations:
    alpha.config.kubernetes.io/transformations: |
      - configuredIn: kustomization.yaml
        configuredBy:
          apiVersion: builtin
          kind: PrefixTransformer
    config.kubernetes.io/origin: |
      path: ../base/a.yaml
  labels:
    app.kubernetes.io/managed-by: kustomize-v5.8.1
  name: p-a
---
apiVersion: v1
kind: ConfigMap
metadata:
  annotations:
    alpha.config.kubernetes.io/transformations: |
      - configuredIn: kustomization.yaml
        configuredBy:
          apiVersion: builtin
          kind: PrefixTransformer
    config.kubernetes.io/origin: |
      configuredIn: kustomization.yaml
      configuredBy:
        apiVersion: builtin
        kind: ConfigMapGenerator
  labels:
    app.kubernetes.io/managed-by: kustomize-v5.8.1
  name: p-g
)");
}

TEST(Build, LeavesOutLocalObjectsAndNotes) {
    const Texts texts = {{"kustomization.yaml", "resources: [x.yaml]\n"}, {"x.yaml", R"(
kind: A
metadata: {name: a, annotations: {config.kubernetes.io/local-config: "true"}}
---
kind: A
metadata: {name: b, annotations: {config.kubernetes.io/local-config: "false", port: 80, on: true, empty: null}}
---
kind: A
metadata: {name: c, annotations: {config.kubernetes.io/origin: x, internal.config.kubernetes.io/refBy: y}}
---
kind: A
metadata: {name: d, annotations: {}}
)"}};
    EXPECT_EQ(build_text(texts, "", in_order()), R"(kind: A
metadata:
  annotations:
    config.kubernetes.io/local-config: "false"
    empty: "null"
    "on": "true"
    port: "80"
  name: b
---
kind: A
metadata:
  name: c
---
kind: A
metadata:
  name: d
)");
}

TEST(Build, AsFluxCompletesTheRoot) {
    BuildOptions options = in_order();
    options.root = RootRule::kCompleted;
    EXPECT_EQ(build_names({{"app/b.yaml", kB}, {"app/sub/a.yaml", kA}, {"app/c.json", "{}"}}, "app", options),
              "ConfigMap/b ConfigMap/a");
    EXPECT_EQ(
        build_names({{"app/README.md", ""}}, "app", options),
        "error: app holds no manifest file (*.yaml, *.yml); for an empty render add a kustomization with "
        "\"resources: []\"");
    EXPECT_EQ(build_names({{"app/kustomization.yaml", "resources: []\n"}}, "app", options), "");
    EXPECT_EQ(build_names({{"app/kustomization.yaml", ""}}, "app", options), "");
    EXPECT_EQ(build_names({{"app/a.yaml", kA}, {"app/b/a.yaml", kA}}, "app", options),
              "error: app/kustomization.yaml: resources: b/a.yaml: may not add resource with an already "
              "registered id: "
              "ConfigMap.v1.[noGrp]/a.[noNs]");
    // Without resources, buildMetadata is no longer what the file says.
    EXPECT_NE(build_text({{"app/kustomization.yaml",
                           "configMapGenerator: [{name: g}]\nbuildMetadata: [managedByLabel]\n"}},
                         "app", options)
                  .find("  annotations:\n    config.kubernetes.io/origin: |\n      configuredIn: "
                        "kustomization.yaml\n"),
              std::string::npos);
}

TEST(Build, OfADirectoryThatIsNotThere) {
    for (const RootRule rule : {RootRule::kAsWritten, RootRule::kCompleted}) {
        BuildOptions options;
        options.root = rule;
        const auto built = build(MapFiles({{"a/x.yaml", kA}}), "b", options);
        ASSERT_FALSE(built);
        EXPECT_EQ(built.error().code, base::ErrorCode::kNotFound);
        EXPECT_EQ(built.error().message, "there is no directory b");
    }
    const auto built = build(MapFiles({{"a/x.yaml", kA}}), "a", {});
    ASSERT_FALSE(built);
    EXPECT_EQ(built.error().code, base::ErrorCode::kNotFound);
    EXPECT_EQ(built.error().message, "the directory a has no kustomization file");
}

TEST(Build, TakesTheOutermostSchema) {
    const Texts texts = {{"o/kustomization.yaml", "resources: [../b]\nopenapi: {path: s.json}\n"},
                         {"o/s.json", R"({"definitions": {}})"},
                         {"b/kustomization.yaml", "resources: [a.yaml]\nopenapi: {path: no.json}\n"},
                         {"b/a.yaml", kA}};
    EXPECT_EQ(build_names(texts, "o"), "ConfigMap/a");
    EXPECT_EQ(build_names(texts, "b"), "error: b/kustomization.yaml: openapi: b/no.json does not exist");
}

TEST(Build, HeedsTypesInCommentsOfResourceAndPatch) {
    const std::string head = "apiVersion: x/v1\nkind: Foo\nmetadata: {name: a}\n";
    const std::string type = "# {\"$ref\":\"#/definitions/io.k8s.api.core.v1.PodSpec\"}\n";
    const auto built = [&](const std::string& resource_type, const std::string& patch_type) {
        return build_text({{"kustomization.yaml", "resources: [r.yaml]\npatches: [{path: p.yaml}]\n"},
                           {"r.yaml", head + resource_type + "spec:\n  containers: [{name: c, image: i}]\n"},
                           {"p.yaml", head + patch_type + "spec:\n  containers: [{name: c, tty: true}]\n"}});
    };
    const std::string merged = "  containers:\n  - image: i\n    name: c\n    tty: true\n";
    EXPECT_NE(built(type, "").find(merged), std::string::npos);
    EXPECT_NE(built("", type).find(merged), std::string::npos);
    EXPECT_EQ(built("", "").find(merged), std::string::npos);
}

TEST(Build, BoundsWhatItTakesIn) {
    Texts texts = {{"kustomization.yaml", "resources: [a, b]\n"},
                   {"a/kustomization.yaml", "resources: [x.yaml]\n"},
                   {"a/x.yaml", kA},
                   {"b/kustomization.yaml", "resources: [x.yaml]\n"},
                   {"b/x.yaml", kB}};
    const auto code_with = [&](auto set) {
        BuildOptions options;
        set(options.limits);
        const auto built = build(MapFiles(texts), "", options);
        return built ? base::ErrorCode::kInternal : built.error().code;
    };
    using base::ErrorCode::kLimitExceeded;
    EXPECT_EQ(code_with([](BuildLimits&) {}), base::ErrorCode::kInternal);
    EXPECT_EQ(code_with([](BuildLimits& limits) { limits.depth_max = 0; }), kLimitExceeded);
    EXPECT_EQ(code_with([](BuildLimits& limits) { limits.directories_max = 1; }), kLimitExceeded);
    EXPECT_EQ(code_with([](BuildLimits& limits) { limits.objects_max = 1; }), kLimitExceeded);
    EXPECT_EQ(code_with([](BuildLimits& limits) { limits.bytes_max = 60; }), kLimitExceeded);
    EXPECT_EQ(code_with([](BuildLimits& limits) { limits.file_nodes_max = 3; }), kLimitExceeded);
    texts["a/x.yaml"] =
        "kind: A\nmetadata: {name: a}\nx: &x [0123456789, 0123456789, 0123456789]\ny: [*x, *x, *x, *x]\n";
    EXPECT_EQ(code_with([](BuildLimits& limits) { limits.bytes_max = 500; }), kLimitExceeded);
}

}  // namespace
}  // namespace kustomize
