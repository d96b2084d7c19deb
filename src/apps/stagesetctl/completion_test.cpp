// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/completion.hpp"

#include <gtest/gtest.h>

namespace stagesetctl {
namespace {

using Words = std::vector<std::string>;

// The candidates without their descriptions, then the directive.
std::string candidates(const Words& words) {
    std::string result;
    const std::string text = complete(words);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        const std::string line = text.substr(at, end - at);
        result += line.substr(0, line.find('\t')) + " ";
        at = end + 1;
    }
    return result;
}

TEST(Completion, OffersWhatMayStandThere) {
    const struct {
        Words words;
        std::string expected;
    } rows[] = {
        {{""}, "build completion help version :4 "},
        {{}, "build completion help version :4 "},
        {{"b"}, "build :4 "},
        {{"-n", "t", "v"}, "version :4 "},
        {{"help", "c"}, "completion :4 "},
        {{"completion", ""}, "bash zsh fish :4 "},
        {{"build", "--s"}, "--show-secrets --source-dir --stage --server :4 "},
        {{"build", "--filename", ""}, ":0 "},
        {{"build", "shop", "--source-dir", "x"}, ":0 "},
        {{"build", "--stage", ""}, ":4 "},
        {{"build", ""}, ":4 "},
        {{"--vers"}, "--version :4 "},
        {{"build", "--vers"}, ":4 "},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(candidates(row.words), row.expected);
    }
}

TEST(Completion, HasAScriptForEachShell) {
    for (const char* shell : {"bash", "zsh", "fish"}) {
        const auto script = completion_script(shell);
        ASSERT_TRUE(script) << shell;
        EXPECT_NE(script->find("__complete"), std::string::npos) << shell;
    }
    EXPECT_FALSE(completion_script("tcsh"));
}

}  // namespace
}  // namespace stagesetctl
