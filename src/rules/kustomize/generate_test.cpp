// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/generate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "rules/kustomize/testing/map_files.hpp"

namespace kustomize {
namespace {

std::string resources(const MapFiles::Texts& texts, std::string_view directory = "") {
    const auto found = generate_resources(MapFiles(texts), directory);
    return found ? fmt::format("{}", fmt::join(*found, " ")) : "error: " + found.error().text();
}

TEST(Generate, NamesManifestsInLexicalOrder) {
    EXPECT_EQ(resources({{"b.yaml", ""}, {"a/z.yml", ""}, {"a.yaml", ""}, {"a/b/c.yaml", ""}}),
              "a/b/c.yaml a/z.yml a.yaml b.yaml");
}

TEST(Generate, LeavesOutOtherFiles) {
    EXPECT_EQ(resources({{"a.json", ""}, {"b.YAML", ""}, {"c.txt", ""}, {"d.yaml", ""}, {"yaml", ""}}),
              "d.yaml");
}

TEST(Generate, TakesADirectoryWithAKustomizationAsOne) {
    EXPECT_EQ(
        resources(
            {{"a/kustomization.yml", ""}, {"a/x.yaml", ""}, {"b/c/Kustomization", ""}, {"b/y.yaml", ""}}),
        "a b/c b/y.yaml");
}

TEST(Generate, SeesOnlyTheDirectory) {
    EXPECT_EQ(resources({{"app/x.yaml", ""}, {"other/y.yaml", ""}}, "app"), "x.yaml");
}

TEST(Generate, RefusesADirectoryWithoutManifests) {
    const auto found = generate_resources(MapFiles({{"app/README.md", ""}}), "app");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, base::ErrorCode::kNotFound);
    EXPECT_EQ(found.error().message,
              "app holds no manifest file (*.yaml, *.yml); for an empty render add a kustomization with "
              "\"resources: []\"");
}

TEST(Generate, RefusesADirectoryWithTwoKustomizations) {
    EXPECT_EQ(resources({{"a/kustomization.yml", ""}, {"a/kustomization.yaml", ""}}),
              "error: a has more than one kustomization file: kustomization.yaml and kustomization.yml");
}

TEST(Generate, BoundsTheDepthOfDirectories) {
    std::string path;
    for (int depth = 0; depth < 300; ++depth) {
        path += "d/";
    }
    const auto found = generate_resources(MapFiles({{path + "x.yaml", ""}}), "");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, base::ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace kustomize
