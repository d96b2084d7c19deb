// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/path.hpp"

#include <gtest/gtest.h>

namespace kustomize {
namespace {

struct JoinCase {
    std::string_view name;
    std::string_view from;
    std::string_view relative;
    std::string_view path;   // or
    std::string_view error;  // part of the message
};

class JoinPath : public testing::TestWithParam<JoinCase> {};

TEST_P(JoinPath, StaysInsideTheTree) {
    const auto path = join_path(GetParam().from, GetParam().relative);
    if (GetParam().error.empty()) {
        ASSERT_TRUE(path) << path.error().text();
        EXPECT_EQ(*path, GetParam().path);
    } else {
        ASSERT_FALSE(path);
        EXPECT_EQ(path.error().code, base::ErrorCode::kInvalid);
        EXPECT_NE(path.error().message.find(GetParam().error), std::string::npos) << path.error().message;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table, JoinPath,
    testing::Values(JoinCase{"File", "a", "b.yaml", "a/b.yaml", ""},
                    JoinCase{"Sibling", "apps/web", "../base/./x.yaml", "apps/base/x.yaml", ""},
                    JoinCase{"Root", "a", "..", "", ""}, JoinCase{"Itself", "a/b", ".", "a/b", ""},
                    JoinCase{"FromRoot", "", "a//b/", "a/b", ""},
                    JoinCase{"OutAndBackIn", "a", "../../a/x", "", "leads out of the tree"},
                    JoinCase{"OutOfTheRoot", "", "..", "", "leads out of the tree"},
                    JoinCase{"Absolute", "a", "/etc/passwd", "", "absolute path"},
                    JoinCase{"Empty", "a", "", "", "a path is empty"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Path, AddressesAreRemoteAndNamesAreNot) {
    for (const std::string_view remote :
         {"https://x.io/a.yaml", "http://x", "ssh://git@x/y", "git@github.com:o/r", "git::https://x//y",
          "oci://x/y", "file:///etc/passwd", "user@host:repo.git"}) {
        EXPECT_TRUE(is_remote(remote)) << remote;
        EXPECT_TRUE(looks_remote(remote)) << remote;
    }
    for (const std::string_view doubtful :
         {"github.com/o/r", "gh:o/r", "x?ref=main", "x.git", "x.git/y", "x//y"}) {
        EXPECT_FALSE(is_remote(doubtful)) << doubtful;
        EXPECT_TRUE(looks_remote(doubtful)) << doubtful;
    }
    for (const std::string_view local : {"a.yaml", "../b", "a@b/c:d.yaml", "a:b@c", "x/y"}) {
        EXPECT_FALSE(is_remote(local)) << local;
        EXPECT_FALSE(looks_remote(local)) << local;
    }
}

TEST(Path, ADirectoryIsBelowItselfButNotBelowANamesake) {
    EXPECT_TRUE(is_below("a/b", "a"));
    EXPECT_TRUE(is_below("a", "a"));
    EXPECT_TRUE(is_below("a", ""));
    EXPECT_FALSE(is_below("ab", "a"));
    EXPECT_FALSE(is_below("a", "a/b"));
}

TEST(Path, EntriesOfSeveralLinesAndMapsAreInline) {
    EXPECT_TRUE(is_inline("a: b\nc: d"));
    EXPECT_TRUE(is_inline("{\"a\": 1}"));
    EXPECT_FALSE(is_inline("a.yaml"));
}

TEST(Path, BaseNameIsWhatFollowsTheLastSlash) {
    EXPECT_EQ(base_name("a/b.yaml"), "b.yaml");
    EXPECT_EQ(base_name("b.yaml"), "b.yaml");
    EXPECT_EQ(shown(""), ".");
    EXPECT_EQ(shown("a"), "a");
}

}  // namespace
}  // namespace kustomize
