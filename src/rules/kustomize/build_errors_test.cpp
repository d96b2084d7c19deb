// SPDX-License-Identifier: 0BSD
// What a build refuses, and how it says so.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "rules/kustomize/testing/build_texts.hpp"

namespace kustomize {
namespace {

struct ErrorCase {
    std::string_view name;
    std::string_view kustomization;  // of the directory "o"; beside it lie x.yaml, c.yaml, d/y.yaml and b
    std::string_view error;          // begins with
    base::ErrorCode code = base::ErrorCode::kInvalid;
};

MapFiles files_with(std::string_view kustomization) {
    return MapFiles({{"o/kustomization.yaml", std::string(kustomization)},
                     {"o/x.yaml", object_text("ConfigMap", "x")},
                     {"o/bad.yaml", "a: ["},
                     {"o/list.yaml", "[1]"},
                     {"o/d/y.yaml", object_text("ConfigMap", "y")},
                     {"b/kustomization.yaml", "resources: [../o]\n"},
                     {"b/z.yaml", object_text("ConfigMap", "z")},
                     {"c/kustomization.yaml",
                      "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: []\n"}});
}

class BuildError : public testing::TestWithParam<ErrorCase> {};

TEST_P(BuildError, NamesFileFieldAndReason) {
    BuildOptions options;
    options.restriction = LoadRestriction::kNone;
    const auto built = build(files_with(GetParam().kustomization), "o", options);
    ASSERT_FALSE(built);
    EXPECT_EQ(built.error().code, GetParam().code);
    EXPECT_TRUE(built.error().text().starts_with(GetParam().error)) << built.error().text();
}

constexpr auto kUnsupported = base::ErrorCode::kUnsupported;

INSTANTIATE_TEST_SUITE_P(
    Paths, BuildError,
    testing::Values(
        ErrorCase{"Missing", "resources: [no.yaml]",
                  "o/kustomization.yaml: resources: o/no.yaml does not exist"},
        ErrorCase{"Outside", "resources: [../../x]",
                  "o/kustomization.yaml: resources: \"../../x\" leads out of the tree"},
        ErrorCase{"Absolute", "resources: [/etc]",
                  "o/kustomization.yaml: resources: \"/etc\" is an absolute path"},
        ErrorCase{"Empty", "resources: ['']", "o/kustomization.yaml: resources: a path is empty"},
        ErrorCase{"Cycle", "resources: [../b]",
                  "o/kustomization.yaml: resources: b/kustomization.yaml: resources: o is part of a cycle: o "
                  "→ b → o"},
        ErrorCase{"Itself", "resources: [.]", "o/kustomization.yaml: resources: o is part of a cycle: o → o"},
        ErrorCase{"Parent", "resources: [..]", "o/kustomization.yaml: resources: . holds o"},
        ErrorCase{"NoKustomization", "resources: [d]",
                  "o/kustomization.yaml: resources: the directory o/d has no kustomization file"},
        ErrorCase{
            "ComponentAsResource", "resources: [../c]",
            "o/kustomization.yaml: resources: c/kustomization.yaml is a Component: name it in components"},
        ErrorCase{"ResourceAsComponent", "components: [../b]",
                  "o/kustomization.yaml: components: b/kustomization.yaml is a Kustomization: name it in "
                  "resources"},
        ErrorCase{"FileAsComponent", "components: [x.yaml]",
                  "o/kustomization.yaml: components: o/x.yaml is a file where a directory is needed"},
        ErrorCase{"Twice", "resources: [x.yaml, x.yaml]",
                  "o/kustomization.yaml: resources: x.yaml: may not add resource"},
        ErrorCase{"BadYaml", "resources: [bad.yaml]", "o/kustomization.yaml: resources: bad.yaml:"},
        ErrorCase{"PatchFile", "patches: [{path: no.yaml}]",
                  "o/kustomization.yaml: patches[0]: o/no.yaml does not exist"},
        ErrorCase{"MergeFile", "patchesStrategicMerge: [no.yaml]",
                  "o/kustomization.yaml: patchesStrategicMerge: o/no.yaml does not exist"},
        ErrorCase{"JsonPatchFile", "patchesJson6902: [{path: no.yaml, target: {kind: A, name: a}}]",
                  "o/kustomization.yaml: patchesJson6902[0]: o/no.yaml does not exist"},
        ErrorCase{"ReplacementFile", "replacements: [{path: no.yaml}]",
                  "o/kustomization.yaml: replacements: o/no.yaml does not exist"},
        ErrorCase{"BadReplacementFile", "replacements: [{path: bad.yaml}]",
                  "o/kustomization.yaml: replacements: bad.yaml:"},
        ErrorCase{"ConfigurationFile", "configurations: [no.yaml]",
                  "o/kustomization.yaml: configurations: o/no.yaml does not exist"},
        ErrorCase{"BadConfigurationFile", "configurations: [bad.yaml]",
                  "o/kustomization.yaml: configurations: bad.yaml:"},
        ErrorCase{"WrongConfigurationFile", "configurations: [x.yaml]",
                  "o/kustomization.yaml: configurations: "},
        ErrorCase{"CrdFile", "crds: [no.yaml]", "o/kustomization.yaml: crds: o/no.yaml does not exist"},
        ErrorCase{"SchemaFile", "openapi: {path: bad.yaml}", "o/kustomization.yaml: openapi: bad.yaml:"},
        ErrorCase{"WrongSchemaFile", "openapi: {path: list.yaml}",
                  "o/kustomization.yaml: openapi: list.yaml"},
        ErrorCase{"SchemaVersion", "openapi: {version: v1.0.0}",
                  "o/kustomization.yaml: openapi: the version v1.0.0 is not built in, only v1.21.2"},
        ErrorCase{"TwoSchemas", "openapi: {version: v1.21.2, path: x.yaml}",
                  "o/kustomization.yaml: openapi: it has both a path and a version"},
        ErrorCase{
            "GeneratorFile", "configMapGenerator: [{name: a, files: [none]}]",
            "o/kustomization.yaml: configMapGenerator: ConfigMap generator \"a\": o/none does not exist"},
        ErrorCase{"SecretFile", "secretGenerator: [{name: a, envs: [none]}]",
                  "o/kustomization.yaml: secretGenerator: Secret generator \"a\": o/none does not exist"},
        ErrorCase{"PluginFile", "transformers: [no.yaml]",
                  "o/kustomization.yaml: transformers: o/no.yaml does not exist"},
        ErrorCase{"ValidatorFile", "validators: [no.yaml]",
                  "o/kustomization.yaml: validators: o/no.yaml does not exist"}),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Contents, BuildError,
    testing::Values(
        ErrorCase{"GeneratedTwice", "configMapGenerator: [{name: a}, {name: a}]",
                  "o/kustomization.yaml: generators: id ConfigMap.v1.[noGrp]/a.[noNs] exists"},
        ErrorCase{"NothingToMerge", "secretGenerator: [{name: a, behavior: merge}]",
                  "o/kustomization.yaml: generators: id Secret.v1.[noGrp]/a.[noNs] does not exist"},
        ErrorCase{"Replicas", "replicas: [{name: none, count: 1}]", "o/kustomization.yaml: replicas: "},
        ErrorCase{"Merge", "resources: [x.yaml]\npatchesStrategicMerge: [d/y.yaml]",
                  "o/kustomization.yaml: patchesStrategicMerge: "},
        ErrorCase{"Replacement", "replacements: [{}]", "o/kustomization.yaml: replacements"},
        ErrorCase{"Variable",
                  "vars: [{name: A, objref: {apiVersion: v1, kind: A, name: none}}]\nresources: [x.yaml]",
                  "o/kustomization.yaml: vars: var "},
        ErrorCase{"SameVariable", "vars: [{name: A, objref: {kind: A}}, {name: A, objref: {kind: A}}]",
                  "o/kustomization.yaml: vars: "},
        ErrorCase{"SortOrder", "sortOptions: {order: random}", "o/kustomization.yaml: sortOptions: "},
        ErrorCase{"NoPlugin", "transformers: [\"kind: Foo\\nmetadata: {name: f}\\napiVersion: builtin\\n\"]",
                  "o/kustomization.yaml: transformers: there is no built-in Foo \"f\""},
        ErrorCase{
            "OrderIsNoPlugin",
            "transformers: [\"kind: SortOrderTransformer\\nmetadata: {name: f}\\napiVersion: builtin\\n\"]",
            "o/kustomization.yaml: transformers: there is no built-in SortOrderTransformer \"f\""},
        ErrorCase{
            "GeneratorAsTransformer",
            "transformers: [\"kind: ConfigMapGenerator\\nmetadata: {name: f}\\napiVersion: builtin\\n\"]",
            "o/kustomization.yaml: transformers: ConfigMapGenerator \"f\" is no transformer"},
        ErrorCase{"TransformerAsGenerator",
                  "generators: [\"kind: HashTransformer\\nmetadata: {name: f}\\napiVersion: builtin\\n\"]",
                  "o/kustomization.yaml: generators: HashTransformer \"f\" is no generator"},
        ErrorCase{"NamelessPlugin", "generators: [\"kind: HashTransformer\\napiVersion: builtin\\n\"]",
                  "o/kustomization.yaml: generators: the inline configuration:1: "},
        ErrorCase{"MalformedPlugin",
                  "transformers: [\"{kind: PrefixTransformer, metadata: {name: f}, apiVersion: builtin, "
                  "prefix: 5}\"]",
                  "o/kustomization.yaml: transformers: PrefixTransformer \"f\": prefix must be text"}),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Refused, BuildError,
    testing::Values(
        ErrorCase{"Plugin", "transformers: [\"kind: Foo\\nmetadata: {name: f}\\napiVersion: x.io/v1\\n\"]",
                  "o/kustomization.yaml: transformers: Foo \"f\" (x.io/v1) is not built in", kUnsupported},
        ErrorCase{"Generator", "generators: [\"kind: Foo\\nmetadata: {name: f}\\napiVersion: x.io/v1\\n\"]",
                  "o/kustomization.yaml: generators: Foo \"f\" (x.io/v1) is not built in", kUnsupported},
        ErrorCase{"HelmPlugin",
                  "generators: [\"kind: HelmChartInflationGenerator\\nmetadata: {name: f}\\napiVersion: "
                  "builtin\\n\"]",
                  "o/kustomization.yaml: generators: HelmChartInflationGenerator \"f\": Helm charts are not "
                  "inflated",
                  kUnsupported},
        ErrorCase{"Helm", "helmCharts: [{name: x}]", "o/kustomization.yaml: helmCharts: ", kUnsupported},
        ErrorCase{"GitLike", "resources: [github.com/org/repo]",
                  "o/kustomization.yaml: resources: \"github.com/org/repo\" is remote", kUnsupported}),
    [](const auto& test) { return std::string(test.param.name); });

// The remote entry is told although the first resource could not be read either.
TEST(BuildRemote, IsRefusedInEveryFieldBeforeAnythingIsRead) {
    constexpr std::string_view kUrl = "https://x.io/y.yaml";
    for (const auto& [field, entry] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"resources", "[no.yaml, \"{}\"]"},
             {"components", "[\"{}\"]"},
             {"crds", "[\"{}\"]"},
             {"configurations", "[\"{}\"]"},
             {"generators", "[\"{}\"]"},
             {"transformers", "[\"{}\"]"},
             {"validators", "[\"{}\"]"},
             {"patchesStrategicMerge", "[\"{}\"]"},
             {"openapi", "{{path: \"{}\"}}"},
             {"patches", "[{{path: \"{}\"}}]"},
             {"patchesJson6902", "[{{path: \"{}\", target: {{kind: A, name: a}}}}]"},
             {"replacements", "[{{path: \"{}\"}}]"},
             {"configMapGenerator", "[{{name: a, files: [\"{}\"]}}]"},
             {"secretGenerator", "[{{name: a, envs: [\"{}\"]}}]"}}) {
        const std::string text = fmt::format("{}: {}\n", field, fmt::format(fmt::runtime(entry), kUrl));
        const auto built = build(files_with(text), "o", {});
        ASSERT_FALSE(built) << text;
        EXPECT_EQ(built.error().code, kUnsupported) << text;
        EXPECT_EQ(built.error().text(),
                  fmt::format("o/kustomization.yaml: {}: \"{}\" is remote; only files of the tree are used",
                              field, kUrl));
    }
}

TEST(BuildRestriction, KeepsFilesButNotDirectoriesToTheRoot) {
    const MapFiles files({{"o/kustomization.yaml", "resources: [../b, ../x.yaml]\n"},
                          {"b/kustomization.yaml", "resources: [a.yaml]\n"},
                          {"b/a.yaml", object_text("A", "a")},
                          {"x.yaml", object_text("A", "x")}});
    BuildOptions options;
    const auto strict = build(files, "o", options);
    ASSERT_FALSE(strict);
    EXPECT_EQ(strict.error().text(), "o/kustomization.yaml: resources: the file x.yaml is not in or below o");
    options.restriction = LoadRestriction::kNone;
    EXPECT_TRUE(build(files, "o", options));
}

}  // namespace
}  // namespace kustomize
