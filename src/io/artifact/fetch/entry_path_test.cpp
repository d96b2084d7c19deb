// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/entry_path.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace artifact {
namespace {

TEST(EntryPath, IsCleaned) {
    const std::vector<std::pair<std::string, std::string>> rows = {
        {"web.yaml", "web.yaml"},
        {"./base/web.yaml", "base/web.yaml"},
        {"base//./web.yaml", "base/web.yaml"},
        {"a/../b.yaml", "b.yaml"},
        {"a/b/../../c", "c"},
        {".env", ".env"},
        {"a/.hidden/b", "a/.hidden/b"},
        {"a+b@c d.yaml", "a+b@c d.yaml"},
        {"grüße/日本.yaml", "grüße/日本.yaml"},
        {"...", "..."},
        {"..a/b..", "..a/b.."},
        {"gitignore", "gitignore"},
    };
    for (const auto& [raw, expected] : rows) {
        const auto judged = judge_entry_path(raw);
        ASSERT_TRUE(judged) << raw << ": " << judged.error().message;
        EXPECT_TRUE(judged->taken) << raw;
        EXPECT_EQ(judged->path, expected);
    }
}

TEST(EntryPath, LeavesOutMetadataAndOddNames) {
    const std::vector<std::pair<std::string, std::string>> rows = {
        {".git/config", ".git/config"},
        {"./a/.git/HEAD", "a/.git/HEAD"},
        {".gitignore", ".gitignore"},
        {"a/.sourceignore", "a/.sourceignore"},
        {".svn/x", ".svn/x"},
        {"a\\b", "a\\b"},
        {"a\nb", "a?b"},
        {std::string("a\x7f"), "a?"},
        {"a\xff", "a?"},
        {"a\xc0\xaf", "a??"},
        {"a\xed\xa0\x80", "a???"},
    };
    for (const auto& [raw, shown] : rows) {
        const auto judged = judge_entry_path(raw);
        ASSERT_TRUE(judged) << raw;
        EXPECT_FALSE(judged->taken) << raw;
        EXPECT_EQ(judged->path.size(), shown.size()) << raw;
    }
}

TEST(EntryPath, RefusesWhatLeavesTheArchive) {
    for (const std::string& raw :
         {std::string("/etc/passwd"), std::string("//x"), std::string("../x"), std::string("a/../../x"),
          std::string(".."), std::string("./.."), std::string("../\\x"), std::string(""), std::string("."),
          std::string("./"), std::string("a/.."), std::string(4097, 'a')}) {
        const auto judged = judge_entry_path(raw);
        ASSERT_FALSE(judged) << raw.substr(0, 20);
        EXPECT_EQ(judged.error().code, base::ErrorCode::kInvalid);
        EXPECT_LT(judged.error().message.size(), 300U);
    }
}

}  // namespace
}  // namespace artifact
