// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/kustomization.hpp"

#include <gtest/gtest.h>

#include "rules/kustomize/testing/map_files.hpp"

namespace kustomize {
namespace {

using Texts = std::vector<std::string>;

Kustomization parsed(std::string_view text) {
    auto kustomization = parse_kustomization(text, "k.yaml");
    EXPECT_TRUE(kustomization) << kustomization.error().text();
    return kustomization.value_or(Kustomization());
}

TEST(FindKustomization, KnowsThreeNames) {
    for (const std::string name : {"kustomization.yaml", "kustomization.yml", "Kustomization"}) {
        const auto found = find_kustomization(MapFiles({{"a/" + name, ""}}), "a");
        ASSERT_TRUE(found);
        EXPECT_EQ(*found, "a/" + name);
    }
    const auto none = find_kustomization(MapFiles({{"kustomization.json", ""}}), "");
    ASSERT_TRUE(none);
    EXPECT_EQ(*none, "");
}

TEST(FindKustomization, RefusesSeveral) {
    const auto found = find_kustomization(MapFiles({{"kustomization.yml", ""}, {"Kustomization", ""}}), "");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().message,
              ". has more than one kustomization file: kustomization.yml and Kustomization");
}

TEST(ParseKustomization, ReadsOldSpellingsAsNewOnes) {
    const Kustomization result = parsed(R"(
resources: [a]
bases: [b]
images: [{name: i}]
imageTags: [{name: j}]
configMapGenerator: [{name: c, envs: [x], env: w}]
secretGenerator: [{name: s, env: z, type: t}]
)");
    EXPECT_EQ(result.file, "k.yaml");
    EXPECT_EQ(result.resources, (Texts{"a", "b"}));
    EXPECT_TRUE(result.lists_resources);
    ASSERT_EQ(result.images.size(), 2U);
    EXPECT_EQ(result.images[1].name, "j");
    ASSERT_EQ(result.config_maps.size(), 1U);
    EXPECT_EQ(result.config_maps[0].envs, (Texts{"x", "w"}));
    ASSERT_EQ(result.secrets.size(), 1U);
    EXPECT_EQ(result.secrets[0].envs, (Texts{"z"}));
    EXPECT_EQ(result.secrets[0].type, "t");
    EXPECT_EQ(result.secrets[0].kind, GeneratedKind::kSecret);
}

TEST(ParseKustomization, TakesFieldsInAnyCase) {
    const Kustomization result =
        parsed("Resources: [a]\nnameprefix: x-\nPatches: [{Patch: p, TARGET: {Kind: A}}]\n");
    EXPECT_EQ(result.resources, Texts{"a"});
    EXPECT_EQ(result.name_prefix, "x-");
    ASSERT_EQ(result.patches.size(), 1U);
    EXPECT_EQ(result.patches[0].target->kind, "A");
}

TEST(ParseKustomization, ReadsOnlyTheFirstDocument) {
    EXPECT_EQ(parsed("resources: [a]\n---\nfoo: bar\n").resources, Texts{"a"});
}

TEST(ParseKustomization, MergesGeneratorOptions) {
    const Kustomization result = parsed(R"(
generatorOptions: {disableNameSuffixHash: true, labels: {a: "1"}}
configMapGenerator: [{name: c, options: {labels: {b: "2"}}}]
)");
    const GeneratorOptions& options = result.config_maps.at(0).options;
    EXPECT_TRUE(options.disable_name_suffix_hash);
    EXPECT_EQ(options.labels.size(), 2U);
}

TEST(ParseKustomization, KnowsComponentsAndWhatTheBuildShallTell) {
    EXPECT_TRUE(
        parsed("kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nresources: []\n").component);
    EXPECT_FALSE(parsed("resources: []\n").lists_resources);
    EXPECT_TRUE(parsed("resources: []\nbuildMetadata: [originAnnotations]\n").metadata.origin_annotations);
    EXPECT_TRUE(
        parsed("resources: []\nbuildMetadata: [transformerAnnotations]\n").metadata.transformer_annotations);
    EXPECT_TRUE(parsed("resources: []\nbuildMetadata: [managedByLabel]\n").metadata.managed_by_label);
    const BuildMetadata unknown = parsed("resources: []\nbuildMetadata: [foo]\n").metadata;
    EXPECT_TRUE(unknown.any);
    EXPECT_FALSE(unknown.origin_annotations || unknown.transformer_annotations || unknown.managed_by_label);
}

struct ErrorCase {
    std::string_view name;
    std::string_view text;
    std::string_view error;
    base::ErrorCode code = base::ErrorCode::kInvalid;
};

class BadKustomization : public testing::TestWithParam<ErrorCase> {};

TEST_P(BadKustomization, IsRefusedByFileAndField) {
    const auto result = parse_kustomization(GetParam().text, "k.yaml");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, GetParam().code);
    EXPECT_NE(result.error().text().find(GetParam().error), std::string::npos) << result.error().text();
    EXPECT_TRUE(result.error().text().starts_with("k.yaml:")) << result.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadKustomization,
    testing::Values(
        ErrorCase{"BadYaml", "resources: [", "k.yaml:"}, ErrorCase{"Empty", "", "the kustomization is empty"},
        ErrorCase{"Null", "null", "the kustomization is empty"},
        ErrorCase{"TypeOnly", "kind: Kustomization\nresources:\nnamePrefix: ''\n",
                  "the kustomization is empty"},
        ErrorCase{"EmptyBases", "bases: []", "the kustomization is empty"},
        ErrorCase{"List", "- a", "the document must be a map, not a list"},
        ErrorCase{"UnknownField", "resource: [a]", "unknown field \"resource\""},
        ErrorCase{"WrongType", "namespace: n\nnamePrefix: [x]", "namespace must be text, not a bool"},
        ErrorCase{"WrongElement", "patches: [{path: a, patches: b}]", "unknown field \"patches[0].patches\""},
        ErrorCase{"Kind", "kind: ConfigMap\nresources: []",
                  "kind must be Kustomization or Component, not ConfigMap"},
        ErrorCase{"Version", "apiVersion: v1\nresources: []",
                  "apiVersion of a Kustomization must be kustomize.config.k8s.io/v1beta1, not v1"},
        ErrorCase{"ComponentVersion",
                  "kind: Component\napiVersion: kustomize.config.k8s.io/v1beta1\nresources: []",
                  "apiVersion of a Component must be kustomize.config.k8s.io/v1alpha1"},
        ErrorCase{"Patch", "patches: [{}]", "patches[0]"},
        ErrorCase{"Helm", "helmCharts: [{name: x}]", "helmCharts: Helm charts are not inflated",
                  base::ErrorCode::kUnsupported},
        ErrorCase{"OldHelm", "helmChartInflationGenerator: [{chartName: x}]",
                  "helmChartInflationGenerator: Helm", base::ErrorCode::kUnsupported}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(ParseKustomization, MaySayNothingWhereThatIsAccepted) {
    const auto result = parse_kustomization("# nothing\n", "k.yaml", WhenEmpty::kAccept);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_TRUE(result->resources.empty());
}

}  // namespace
}  // namespace kustomize
