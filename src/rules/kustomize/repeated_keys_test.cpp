// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/repeated_keys.hpp"

#include <gtest/gtest.h>

#include "rules/kustomize/kustomization.hpp"

namespace kustomize {
namespace {

TEST(RepeatedFields, GoButForTheLast) {
    EXPECT_EQ(without_repeated_fields("# c\na: 1\nb:\n- x\n- y\na:\n  c: 2\n"),
              "# c\nb:\n- x\n- y\na:\n  c: 2\n");
    EXPECT_EQ(without_repeated_fields("a: 1\na: 2"), "a: 2");
    EXPECT_EQ(without_repeated_fields("---\na: 1\n---\na: 2\n"), "---\na: 1\n");
    EXPECT_EQ(without_repeated_fields(""), "");
}

TEST(RepeatedFields, AreLookedForInBlockStyleOnly) {
    for (const std::string_view text :
         {"{a: 1, a: 2}\n", "a: |\n  b: 1\n  b: 2\n", "a:\n  b: 1\n  b: 2\n", "- a: 1\n- a: 2\n"}) {
        EXPECT_EQ(without_repeated_fields(text), text);
    }
}

TEST(RepeatedFields, OfAKustomizationAreNoError) {
    const auto result = parse_kustomization("resources: [a]\nresources: [b]\n", "k.yaml");
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->resources, std::vector<std::string>{"b"});
    const auto below = parse_kustomization("resources: [a]\ncommonLabels:\n  a: b\n  a: c\n", "k.yaml");
    ASSERT_FALSE(below);
    EXPECT_EQ(below.error().message, "k.yaml:4:3: duplicate key \"a\"");
}

}  // namespace
}  // namespace kustomize
