// SPDX-License-Identifier: 0BSD
#include "engine/render/collect.hpp"

#include <gtest/gtest.h>

namespace render {
namespace {

using base::ErrorCode;
using Files = std::map<std::string, std::string, std::less<>>;
using Paths = std::vector<std::string>;

artifact::FileTree tree(Files files) { return {.files = std::move(files), .skipped = {}}; }

std::string kustomization(const std::string& resources) {
    return "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [" + resources +
           "]\n";
}

struct Case {
    std::string name;
    Files files;
    std::string path;
    Paths expected;
};

TEST(Collect, FindsManifestsWithoutAKustomizationFile) {
    for (const Case& row : std::vector<Case>{
             {"LexicalByDirectory",
              {{"b.yaml", ""}, {"a.yml", ""}, {"a/z.yaml", ""}, {"a/b/c.yaml", ""}, {"a-b.yaml", ""}},
              "",
              {"a/b/c.yaml", "a/z.yaml", "a-b.yaml", "a.yml", "b.yaml"}},
             {"OnlyYaml",
              {{"a.yaml", ""}, {"b.json", ""}, {"c.YAML", ""}, {"README.md", ""}, {"yaml", ""}},
              "",
              {"a.yaml"}},
             {"BelowThePath",
              {{"apps/web/a.yaml", ""}, {"apps/webs/b.yaml", ""}, {"c.yaml", ""}},
              "apps/web",
              {"apps/web/a.yaml"}},
             {"PathWithSlashes", {{"apps/a.yaml", ""}, {"c.yaml", ""}}, "/./apps//", {"apps/a.yaml"}},
             {"DotFilesAreNoManifests",
              {{".github/workflows/ci.yaml", ""}, {"a/.b.yaml", ""}, {"c.yaml", ""}},
              ".",
              {"c.yaml"}},
             {"ADotDirectoryAsThePath", {{".deploy/a.yaml", ""}}, ".deploy", {".deploy/a.yaml"}},
             {"NestedKustomizationIsOneEntry",
              {{"a.yaml", ""},
               {"k/kustomization.yaml", kustomization("x.yaml")},
               {"k/x.yaml", ""},
               {"k/unlisted.yaml", ""},
               {"z.yaml", ""}},
              "",
              {"a.yaml", "k/x.yaml", "z.yaml"}},
             {"NestedKustomizationFileNames",
              {{"a/kustomization.yml", kustomization("x.yaml")},
               {"a/x.yaml", ""},
               {"b/Kustomization", kustomization("x.yaml")},
               {"b/x.yaml", ""}},
              "",
              {"a/x.yaml", "b/x.yaml"}},
         }) {
        const auto collected = collect_manifests(tree(row.files), row.path);
        ASSERT_TRUE(collected) << row.name << ": " << collected.error().message;
        EXPECT_EQ(*collected, row.expected) << row.name;
    }
}

TEST(Collect, FollowsTheResourcesOfKustomizationFiles) {
    for (const Case& row : std::vector<Case>{
             {"InTheirOrder",
              {{"kustomization.yaml", kustomization("z.yaml, sub/a.yaml, base")},
               {"z.yaml", ""},
               {"unlisted.yaml", ""},
               {"sub/a.yaml", ""},
               {"base/kustomization.yml", kustomization("b.yaml")},
               {"base/b.yaml", ""}},
              "",
              {"z.yaml", "sub/a.yaml", "base/b.yaml"}},
             {"OverlayReachesUp",
              {{"overlays/prod/kustomization.yaml", kustomization("../../base, ./extra.yaml")},
               {"overlays/prod/extra.yaml", ""},
               {"base/kustomization.yaml", kustomization("web.yaml")},
               {"base/web.yaml", ""}},
              "overlays/prod",
              {"base/web.yaml", "overlays/prod/extra.yaml"}},
             {"AnyFileThatIsNamed",
              {{"kustomization.yaml", kustomization("a.json, .hidden/b.yaml")},
               {"a.json", ""},
               {".hidden/b.yaml", ""}},
              "",
              {"a.json", ".hidden/b.yaml"}},
             {"ExplicitlyNothing", {{"kustomization.yaml", kustomization("")}, {"a.yaml", ""}}, "", {}},
             {"NullResources", {{"kustomization.yaml", "resources:\n"}}, "", {}},
             {"EmptyFile", {{"kustomization.yaml", "# nothing\n"}, {"a.yaml", ""}}, "", {}},
             {"KindMayBeLeftOut",
              {{"kustomization.yaml", "resources: [a.yaml]\n"}, {"a.yaml", ""}},
              "",
              {"a.yaml"}},
         }) {
        const auto collected = collect_manifests(tree(row.files), row.path);
        ASSERT_TRUE(collected) << row.name << ": " << collected.error().message;
        EXPECT_EQ(*collected, row.expected) << row.name;
    }
}

struct Refusal {
    std::string name;
    Files files;
    std::string path;
    ErrorCode code;
    std::string message;
};

void expect_refused(const std::vector<Refusal>& rows) {
    for (const Refusal& row : rows) {
        const auto collected = collect_manifests(tree(row.files), row.path);
        ASSERT_FALSE(collected) << row.name;
        EXPECT_EQ(collected.error().code, row.code) << row.name;
        EXPECT_EQ(collected.error().message, row.message) << row.name;
    }
}

TEST(Collect, RefusesPathsWithoutManifests) {
    expect_refused({
        {"EmptyArtifact",
         {},
         "",
         ErrorCode::kNotFound,
         "the artifact's root holds no manifest file (*.yaml, *.yml)"},
        {"NoManifest",
         {{"apps/README.md", ""}},
         "apps",
         ErrorCode::kNotFound,
         "apps holds no manifest file (*.yaml, *.yml)"},
        {"NoSuchPath",
         {{"a.yaml", ""}},
         "apps",
         ErrorCode::kNotFound,
         "the path apps is no directory in the artifact"},
        {"FileAsPath",
         {{"a.yaml", ""}},
         "a.yaml",
         ErrorCode::kNotFound,
         "the path a.yaml is a file, not a directory, in the artifact"},
        {"OutOfTheArtifact",
         {{"a.yaml", ""}},
         "x/../../a",
         ErrorCode::kInvalid,
         "the path x/../../a leads out of the artifact"},
    });
}

TEST(Collect, RefusesResourcesThatCannotBeUsed) {
    const auto naming = [](const std::string& resource) {
        return Files{
            {"k/kustomization.yaml", kustomization(resource)}, {"k/a.yaml", ""}, {"k/plain/a.yaml", ""}};
    };
    const std::string file = "k/kustomization.yaml: ";
    expect_refused({
        {"Missing", naming("b.yaml"), "k", ErrorCode::kInvalid,
         file + "the resource b.yaml does not exist in the artifact"},
        {"DirectoryWithoutKustomization", naming("plain"), "k", ErrorCode::kInvalid,
         file + "the directory k/plain has no kustomization file"},
        {"OutOfTheArtifact", naming("../../x.yaml"), "k", ErrorCode::kInvalid,
         file + "the resource ../../x.yaml leads out of the artifact"},
        {"Absolute", naming("/k/a.yaml"), "k", ErrorCode::kInvalid,
         file + "the resource /k/a.yaml leads out of the artifact"},
        {"Twice", naming("a.yaml, ./a.yaml"), "k", ErrorCode::kInvalid,
         file + "the file k/a.yaml is a resource twice"},
        {"Itself", naming("."), "k", ErrorCode::kInvalid, file + "its resources lead back to itself"},
        {"NoText", naming("1"), "k", ErrorCode::kInvalid, file + "resources must be a list of paths"},
        {"NoList",
         {{"kustomization.yaml", "resources: a.yaml\n"}},
         "",
         ErrorCode::kInvalid,
         "kustomization.yaml: resources must be a list of paths"},
        {"Circle",
         {{"a/kustomization.yaml", kustomization("../b")}, {"b/kustomization.yaml", kustomization("../a")}},
         "a",
         ErrorCode::kInvalid,
         "a/kustomization.yaml: its resources lead back to itself"},
        {"DirectoryTwice",
         {{"kustomization.yaml", kustomization("a, b")},
          {"a/kustomization.yaml", kustomization("../base")},
          {"b/kustomization.yaml", kustomization("../base")},
          {"base/kustomization.yaml", kustomization("")}},
         "",
         ErrorCode::kInvalid,
         "the directory base is a resource twice"},
        {"TwoKustomizationFiles",
         {{"kustomization.yaml", ""}, {"Kustomization", ""}},
         "",
         ErrorCode::kInvalid,
         "the artifact's root has more than one kustomization file: kustomization.yaml and Kustomization"},
    });
    for (const std::string remote :
         {"https://example.com/a.yaml", "http://169.254.169.254/x", "git@github.com:a/b",
          "github.com/a/b//base", "ssh://git@host/x", "a/b?ref=main", "git::https://host/x"}) {
        expect_refused(
            {{remote, naming("'" + remote + "'"), "k", ErrorCode::kUnsupported,
              file + "the resource " + remote + " is remote; only files of the artifact are used"}});
    }
}

TEST(Collect, NamesFieldsThatAreNotSupportedYet) {
    const auto with = [](const std::string& text) { return Files{{"kustomization.yaml", text}}; };
    expect_refused({
        {"Field", with("resources: []\nnamePrefix: x\n"), "", ErrorCode::kUnsupported,
         "kustomization.yaml: the field namePrefix is not supported yet"},
        {"Patches", with("patches: []\n"), "", ErrorCode::kUnsupported,
         "kustomization.yaml: the field patches is not supported yet"},
        {"NestedField",
         {{"kustomization.yaml", kustomization("a")}, {"a/kustomization.yaml", "bases: [x]\n"}},
         "",
         ErrorCode::kUnsupported,
         "a/kustomization.yaml: the field bases is not supported yet"},
        {"Component", with("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"), "",
         ErrorCode::kUnsupported,
         "kustomization.yaml: kind Component of kustomize.config.k8s.io/v1alpha1 is no kustomization that "
         "can be built"},
        {"FluxKustomization", with("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"), "",
         ErrorCode::kUnsupported,
         "kustomization.yaml: kind Kustomization of kustomize.toolkit.fluxcd.io/v1 is no kustomization that "
         "can be "
         "built"},
        {"NoMapping", with("- a.yaml\n"), "", ErrorCode::kInvalid,
         "kustomization.yaml: must be one YAML mapping"},
        {"TwoDocuments", with("resources: []\n---\nresources: []\n"), "", ErrorCode::kInvalid,
         "kustomization.yaml: must be one YAML mapping"},
    });
    const auto broken = collect_manifests(tree(with("resources: [a\n")), "");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, ErrorCode::kInvalid);
    EXPECT_TRUE(broken.error().message.starts_with("kustomization.yaml:")) << broken.error().message;
}

}  // namespace
}  // namespace render
