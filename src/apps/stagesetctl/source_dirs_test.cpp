// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/source_dirs.hpp"

#include <gtest/gtest.h>

namespace stagesetctl {
namespace {

using Values = std::vector<std::string>;

TEST(SourceDirs, ABarePathStandsForEachStageWithoutItsOwn) {
    const auto dirs = SourceDirs::parse({"all", "web=./w"});
    ASSERT_TRUE(dirs) << dirs.error().message;
    EXPECT_EQ(dirs->directory_of("web"), "./w");
    EXPECT_EQ(dirs->directory_of("db"), "all");
    EXPECT_EQ(dirs->named_stages(), Values{"web"});
}

TEST(SourceDirs, WithoutABarePathOtherStagesAreFetched) {
    EXPECT_EQ(SourceDirs::parse({"web=w"})->directory_of("db"), std::nullopt);
    EXPECT_EQ(SourceDirs::parse({})->directory_of("db"), std::nullopt);
}

TEST(SourceDirs, SplitAtTheFirstEqualsSignAndAtNoComma) {
    EXPECT_EQ(SourceDirs::parse({"web=a=b"})->directory_of("web"), "a=b");
    EXPECT_EQ(SourceDirs::parse({"a,b"})->directory_of("web"), "a,b");
}

TEST(SourceDirs, RefuseWhatIsAmbiguousOrEmpty) {
    const struct {
        Values values;
        std::string reason;
    } rows[] = {
        {{"app="}, "the path is empty"},    {{""}, "the path is empty"},
        {{"=x"}, "no stage stands before"}, {{"a=x", "a=y"}, "stage \"a\" has a directory already"},
        {{"x", "y"}, "is given already"},   {{"x", "a=y", "x"}, "is given already"},
    };
    for (const auto& row : rows) {
        const auto dirs = SourceDirs::parse(row.values);
        ASSERT_FALSE(dirs) << row.reason;
        EXPECT_EQ(dirs.error().code, base::ErrorCode::kInvalid);
        EXPECT_NE(dirs.error().message.find(row.reason), std::string::npos) << dirs.error().message;
        EXPECT_NE(dirs.error().message.find("--source-dir"), std::string::npos);
    }
}

}  // namespace
}  // namespace stagesetctl
