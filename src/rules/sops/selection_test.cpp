// SPDX-License-Identifier: 0BSD
#include "rules/sops/selection.hpp"

#include <gtest/gtest.h>

namespace {

using sops::Selectors;

Selectors rules(const std::vector<std::pair<std::string Selectors::*, std::string>>& set) {
    Selectors made;
    for (const auto& [field, text] : set) {
        made.*field = text;
    }
    return made;
}

TEST(Selection, ARuleDecidesForEachPath) {
    const struct {
        const char* name;
        Selectors rules;
        sops::Path path;
        std::vector<std::string> comments;
        bool encrypted;
    } cases[] = {
        {"no rule", {}, {"a"}, {}, true},
        {"suffix of the key", rules({{&Selectors::unencrypted_suffix, "_plain"}}), {"a_plain"}, {}, false},
        {"suffix of a map above",
         rules({{&Selectors::unencrypted_suffix, "_plain"}}),
         {"a_plain", "b"},
         {},
         false},
        {"not the suffix", rules({{&Selectors::unencrypted_suffix, "_plain"}}), {"a_plain_", "b"}, {}, true},
        {"encrypted suffix", rules({{&Selectors::encrypted_suffix, "_s"}}), {"a", "b_s"}, {}, true},
        {"not the encrypted suffix", rules({{&Selectors::encrypted_suffix, "_s"}}), {"a", "b"}, {}, false},
        {"unencrypted pattern", rules({{&Selectors::unencrypted_regex, "^k"}}), {"a", "kind"}, {}, false},
        {"not the unencrypted pattern",
         rules({{&Selectors::unencrypted_regex, "^k"}}),
         {"a", "ok"},
         {},
         true},
        {"pattern within the key",
         rules({{&Selectors::encrypted_regex, "ass"}}),
         {"password", "x"},
         {},
         true},
        {"not the pattern",
         rules({{&Selectors::encrypted_regex, "^(data|stringData)$"}}),
         {"metadata"},
         {},
         false},
        {"comment",
         rules({{&Selectors::unencrypted_comment_regex, "plain"}}),
         {"a"},
         {"x", "is plain"},
         false},
        {"no comment", rules({{&Selectors::unencrypted_comment_regex, "plain"}}), {"plain"}, {}, true},
        {"encrypted by comment",
         rules({{&Selectors::encrypted_comment_regex, "secret"}}),
         {"a"},
         {"secret"},
         true},
        {"not encrypted by comment",
         rules({{&Selectors::encrypted_comment_regex, "secret"}}),
         {"a"},
         {"other"},
         false},
        {"the root", rules({{&Selectors::encrypted_regex, "x"}}), {}, {}, false},
    };
    for (const auto& test : cases) {
        const auto selection = sops::Selection::compile(test.rules);
        ASSERT_TRUE(selection.has_value()) << test.name;
        EXPECT_EQ(selection->encrypted(test.path, test.comments), test.encrypted) << test.name;
    }
}

TEST(Selection, RefusesRulesThatCannotBeMeant) {
    const struct {
        const char* name;
        Selectors rules;
        const char* words;
    } cases[] = {
        {"two rules", rules({{&Selectors::unencrypted_suffix, "a"}, {&Selectors::encrypted_regex, "b"}}),
         "more than one rule"},
        {"two patterns", rules({{&Selectors::unencrypted_regex, "a"}, {&Selectors::encrypted_regex, "b"}}),
         "more than one rule"},
        {"no pattern", rules({{&Selectors::encrypted_regex, "("}}), "invalid"},
        {"long", rules({{&Selectors::encrypted_regex, std::string(4097, 'a')}}), "4096"},
        {"too much memory", rules({{&Selectors::encrypted_regex, "((a{1,30}){1,30}){1,30}"}}), "invalid"},
    };
    for (const auto& test : cases) {
        const auto selection = sops::Selection::compile(test.rules);
        ASSERT_FALSE(selection.has_value()) << test.name;
        EXPECT_EQ(selection.error().code, base::ErrorCode::kInvalid) << test.name;
        EXPECT_NE(selection.error().text().find(test.words), std::string::npos) << selection.error().text();
    }
}

}  // namespace
