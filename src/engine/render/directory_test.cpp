// SPDX-License-Identifier: 0BSD
#include "engine/render/directory.hpp"

#include <gtest/gtest.h>

namespace render {
namespace {

TEST(JoinPath, CleansAndStaysInTheTree) {
    struct Case {
        std::string from;
        std::string relative;
        std::optional<std::string> expected;
    };
    for (const Case& row : std::vector<Case>{
             {"", "", ""},
             {"", ".", ""},
             {"", "a//./b/", "a/b"},
             {"apps/web", "../base/x.yaml", "apps/base/x.yaml"},
             {"apps/web", "../..", ""},
             {"a", "b/../../c", "c"},
             {"", "...", "..."},
             {"", "..", std::nullopt},
             {"a", "../../b", std::nullopt},
             {"a", "../../a/b", std::nullopt},
             {"a", "/b", std::nullopt},
         }) {
        EXPECT_EQ(join_path(row.from, row.relative), row.expected) << row.from << " " << row.relative;
    }
}

TEST(Directory, ListsWhatIsDirectlyInItByName) {
    const artifact::FileTree tree{.files = {{"a.yaml", ""},
                                            {"a/x.yaml", ""},
                                            {"a-b/x/y.yaml", ""},
                                            {"a/sub/z.yaml", ""},
                                            {"a0", ""},
                                            {"b", ""}},
                                  .skipped = {}};
    std::vector<std::string> listed;
    for (const Child& child : children(tree, "")) {
        listed.push_back(child.name + (child.directory ? "/" : ""));
    }
    EXPECT_EQ(listed, (std::vector<std::string>{"a/", "a-b/", "a.yaml", "a0", "b"}));
    const auto below = children(tree, "a");
    ASSERT_EQ(below.size(), 2U);
    EXPECT_EQ(below[0].path, "a/sub");
    EXPECT_TRUE(below[0].directory);
    EXPECT_EQ(below[1].path, "a/x.yaml");
    EXPECT_TRUE(children(tree, "b").empty());
}

TEST(Directory, TellsFilesFromDirectories) {
    const artifact::FileTree tree{.files = {{"a/x", ""}, {"ab", ""}}, .skipped = {}};
    EXPECT_TRUE(is_directory(tree, ""));
    EXPECT_TRUE(is_directory(tree, "a"));
    EXPECT_FALSE(is_directory(tree, "ab"));
    EXPECT_FALSE(is_directory(tree, "a/x"));
    EXPECT_FALSE(is_directory(tree, "c"));
    EXPECT_TRUE(is_file(tree, "a/x"));
    EXPECT_FALSE(is_file(tree, "a"));
}

}  // namespace
}  // namespace render
