// SPDX-License-Identifier: 0BSD
#include "engine/render/tree_files.hpp"

#include <gtest/gtest.h>

namespace render {
namespace {

std::string listed(const TreeFiles& files, std::string_view directory) {
    std::string text;
    for (const auto& child : files.children(directory)) {
        text += child.name + (child.directory ? "/ " : " ");
    }
    return text;
}

TEST(TreeFiles, ShowsTheDirectoriesThatItsFilesImply) {
    const artifact::FileTree tree{
        .files = {{"a.yaml", "1"}, {"a/x.yaml", "2"}, {"a/b/y.yaml", "3"}, {"a-b/z.yaml", "4"}, {"ab", "5"}},
        .skipped = {}};
    const TreeFiles files(tree);
    EXPECT_EQ(files.read("a/b/y.yaml"), "3");
    EXPECT_EQ(files.read("a/b"), std::nullopt);
    EXPECT_EQ(files.read("missing"), std::nullopt);
    EXPECT_EQ(listed(files, ""), "a/ a-b/ a.yaml ab ");
    EXPECT_EQ(listed(files, "a"), "b/ x.yaml ");
    EXPECT_EQ(listed(files, "missing"), "");
    for (const char* directory : {"", "a", "a/b", "a-b"}) {
        EXPECT_TRUE(files.is_directory(directory)) << directory;
    }
    for (const char* other : {"ab", "a.yaml", "a/x", "missing"}) {
        EXPECT_FALSE(files.is_directory(other)) << other;
    }
}

TEST(TreeFiles, AnEmptyTreeHasARoot) {
    const artifact::FileTree tree;
    EXPECT_TRUE(TreeFiles(tree).is_directory(""));
    EXPECT_EQ(listed(TreeFiles(tree), ""), "");
}

}  // namespace
}  // namespace render
