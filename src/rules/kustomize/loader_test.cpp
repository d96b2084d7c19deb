// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/loader.hpp"

#include <gtest/gtest.h>

#include "rules/kustomize/testing/map_files.hpp"

namespace kustomize {
namespace {

const MapFiles kFiles({{"a/x.yaml", "ax"}, {"a/sub/y.yaml", "ay"}, {"b/z.yaml", "bz"}});

Loader make_loader(LoadRestriction restriction = LoadRestriction::kNone) {
    return {kFiles, restriction, BuildLimits()};
}

std::string read(Loader loader, std::string_view path) {
    const auto text = loader.read({.directory = "a"}, path);
    return text ? std::string(*text) : "error: " + text.error().text();
}

TEST(Loader, ReadsFilesOfTheTree) {
    EXPECT_EQ(read(make_loader(), "x.yaml"), "ax");
    EXPECT_EQ(read(make_loader(), "./sub/../x.yaml"), "ax");
    EXPECT_EQ(read(make_loader(), "../b/z.yaml"), "bz");
}

TEST(Loader, SaysWhyAFileCannotBeRead) {
    EXPECT_EQ(read(make_loader(), "no.yaml"), "error: a/no.yaml does not exist");
    EXPECT_EQ(read(make_loader(), "sub"), "error: a/sub is a directory where a file is needed");
    EXPECT_EQ(read(make_loader(), "../.."), "error: \"../..\" leads out of the tree (seen from a)");
    EXPECT_EQ(read(make_loader(), "/a/x.yaml"),
              "error: \"/a/x.yaml\" is an absolute path; only files of the tree can be named");
    EXPECT_EQ(read(make_loader(), "https://x.io/a.yaml"),
              "error: \"https://x.io/a.yaml\" is remote; only files of the tree are used");
    EXPECT_EQ(read(make_loader(), "github.com/o/r"),
              "error: \"github.com/o/r\" is remote; only files of the tree are used");
}

TEST(Loader, KeepsFilesToTheirDirectoryWhereAsked) {
    const auto strict = [] { return make_loader(LoadRestriction::kRootOnly); };
    EXPECT_EQ(read(strict(), "sub/y.yaml"), "ay");
    EXPECT_EQ(read(strict(), "../b/z.yaml"), "error: the file b/z.yaml is not in or below a");
    Loader loader = strict();
    EXPECT_TRUE(loader.enter({.directory = "a"}, "../b"));
}

TEST(Loader, CountsWhatItReads) {
    BuildLimits limits;
    limits.bytes_max = 3;
    Loader loader(kFiles, LoadRestriction::kNone, limits);
    EXPECT_TRUE(loader.read({.directory = "a"}, "x.yaml"));
    const auto more = loader.read({.directory = "a"}, "x.yaml");
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, base::ErrorCode::kLimitExceeded);
}

TEST(Loader, EntersDirectories) {
    Loader loader = make_loader();
    const Place root{.directory = "a", .origin = ".."};
    const auto below = loader.enter(root, "../b");
    ASSERT_TRUE(below);
    EXPECT_EQ(below->directory, "b");
    EXPECT_EQ(below->origin, "../../b");
    EXPECT_EQ(below->depth, 1U);
    EXPECT_EQ(below->from, &root);
    const auto file = loader.enter(root, "x.yaml");
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().message, "a/x.yaml is a file where a directory is needed");
}

TEST(Loader, RefusesCycles) {
    Loader loader = make_loader();
    const Place root{.directory = "a"};
    const auto below = loader.enter(root, "../b");
    ASSERT_TRUE(below);
    const auto back = loader.enter(*below, "../a");
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().message, "a is part of a cycle: a → b → a");
    const auto holder = loader.enter(*below, "..");
    ASSERT_FALSE(holder);
    EXPECT_EQ(holder.error().message, ". holds b, which is being built from it: that is a cycle");
}

TEST(Loader, BoundsDepthAndDirectories) {
    BuildLimits limits;
    limits.depth_max = 3;
    Loader deep(kFiles, LoadRestriction::kNone, limits);
    const auto too_deep = deep.enter({.directory = "a", .depth = 3}, "../b");
    ASSERT_FALSE(too_deep);
    EXPECT_EQ(too_deep.error().code, base::ErrorCode::kLimitExceeded);
    limits.directories_max = 1;
    Loader many(kFiles, LoadRestriction::kNone, limits);
    EXPECT_TRUE(many.enter({.directory = "a"}, "../b"));
    const auto too_many = many.enter({.directory = "a"}, "../b");
    ASSERT_FALSE(too_many);
    EXPECT_EQ(too_many.error().code, base::ErrorCode::kLimitExceeded);
}

TEST(JoinOrigin, MayLeaveTheRootOfTheBuild) {
    EXPECT_EQ(join_origin("", "../base"), "../base");
    EXPECT_EQ(join_origin("../base", "x.yaml"), "../base/x.yaml");
    EXPECT_EQ(join_origin("../base", "../../y"), "../../y");
    EXPECT_EQ(join_origin("a/b", "../c"), "a/c");
    EXPECT_EQ(join_origin("a", ".."), "");
}

}  // namespace
}  // namespace kustomize
