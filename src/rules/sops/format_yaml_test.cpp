// SPDX-License-Identifier: 0BSD
// How values, comments, aliases and layout of YAML files come out.
#include <span>

#include <gtest/gtest.h>

#include "rules/sops/encrypted_file.hpp"
#include "rules/sops/testing/seal.hpp"

namespace {

using sops::testing::seal;
using sops::testing::yaml_metadata;

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    return text.replace(text.find(from), from.size(), to);
}

base::Result<std::string> opened(const std::string& text, sops::Limits limits = {}) {
    auto file = sops::EncryptedFile::parse(text, sops::Format::kYaml, limits);
    if (!file) {
        return std::move(file.error());
    }
    auto plain = (*file)->decrypt(sops::testing::data_key());
    return plain ? base::Result<std::string>(std::string(plain->reveal())) : std::move(plain.error());
}

// A file without its metadata, the values under its MAC, and what comes out.
struct Case {
    const char* name;
    std::string text;
    std::vector<std::string> values;
    const char* plain;
};

void expect_opened(std::span<const Case> cases) {
    for (const Case& test : cases) {
        const bool is_whole = test.text.find("sops:") != std::string::npos;
        const auto plain = opened(test.text + (is_whole ? "" : yaml_metadata(test.values)));
        ASSERT_TRUE(plain.has_value()) << test.name << ": " << plain.error().text();
        EXPECT_EQ(*plain, test.plain) << test.name;
    }
}

TEST(FormatYaml, ReplacesValuesWhereTheyStand) {
    const Case cases[] = {
        {"simple", "a: " + seal("word", "a:") + "\n", {"word"}, "a: word\n"},
        {"reads as a number", "a: " + seal("12", "a:") + "\n", {"12"}, "a: \"12\"\n"},
        {"a number", "a: " + seal("12", "a:", "int") + "\n", {"12"}, "a: 12\n"},
        {"lines", "a: " + seal("x\ny\n", "a:") + "\n", {"x\ny\n"}, "a: \"x\\ny\\n\"\n"},
        {"no UTF-8", "a: " + seal("\xff", "a:") + "\n", {"\xff"}, "a: !!binary \"/w==\"\n"},
        {"what YAML does not print",
         "a: " + seal("\x7f\u0085\u2028\ufeff", "a:") + "\n",
         {"\x7f\u0085\u2028\ufeff"},
         "a: \"\\x7f\\x85\\L\\uFEFF\"\n"},
        {"list",
         "a:\n- " + seal("x", "a:") + " # tail\n- b: " + seal("z", "a:b:") + "\n",
         {"x", "z"},
         "a:\n- x # tail\n- b: z\n"},
        {"flow", "a: ['" + seal("x", "a:") + "', '" + seal("z", "a:") + "']\n", {"x", "z"}, "a: [x, z]\n"},
        {"plain beside it",
         "a_unencrypted: [1, 2.50, true, ~]\nb: " + seal("x", "b:") + "\n",
         {"1", "2.5", "True", "x"},
         "a_unencrypted: [1, 2.50, true, ~]\nb: x\n"},
    };
    expect_opened(cases);
}

TEST(FormatYaml, OpensCommentsWhereTheyStand) {
    const Case cases[] = {
        {"comment",
         "#" + seal(" head", ":", "comment") + "\na: " + seal("x", "a:") + "\n",
         {"x"},
         "# head\na: x\n"},
        {"comment below a map",
         "a:\n  #" + seal(" inner", "a:", "comment") + "\n  b: " + seal("x", "a:b:") + "\n",
         {"x"},
         "a:\n  # inner\n  b: x\n"},
        {"comment in the place of an item",
         "a:\n- " + seal(" was x", "a:", "comment") + "\n- " + seal("z", "a:") + "\n",
         {"z"},
         "a:\n# was x\n- z\n"},
        {"a list that ends with a comment in another",
         "a:\n    - - " + seal("x", "a:") + "\n      - " + seal(" c", "a:", "comment") + "\n",
         {"x"},
         "a:\n    - - x\n      # c\n"},
        {"a comment on the line of the metadata is kept",
         "a: " + seal("x", "a:") + "\nsops: # tail\n" + yaml_metadata({"x"}).substr(6),
         {},
         "a: x\n# tail\n"},
        {"a list of comments alone",
         "a:\n    - " + seal(" one", "a:", "comment") + "\n    - " + seal(" two", "a:", "comment") + "\n",
         {},
         "a:\n    [] # one\n    # two\n"},
        {"comment beside the mark of a block of text",
         "a_unencrypted: |- #" + seal(" secret", ":", "comment") + "\n  # text\nb: " + seal("x", "b:") + "\n",
         {"# text", "x"},
         "a_unencrypted: |- # secret\n  # text\nb: x\n"},
        {"comment that cannot be opened",
         "# ENC[AES256_GCM,data:x]\na: " + seal("x", "a:") + "\n",
         {"x"},
         "# ENC[AES256_GCM,data:x]\na: x\n"},
    };
    expect_opened(cases);
}

// Which values are encrypted may depend on the comments above them: those of the same map or list.
TEST(FormatYaml, RulesSeeTheCommentsBesideAValue) {
    const std::string rule = "encrypted_comment_regex: secret";
    const struct {
        const char* name;
        std::string text;
        std::vector<std::string> values;
    } cases[] = {
        {"above", "# secret\na: " + seal("x", "a:") + "\nb: y\n", {"x", "y"}},
        {"above the map around it", "# secret\na:\n  b: " + seal("x", "a:b:") + "\nc: z\n", {"x", "z"}},
        {"behind it", "a: " + seal("x", "a:") + " # secret\nb: z\n", {"x", "z"}},
        {"above an item", "a:\n# secret\n- " + seal("x", "a:") + "\n- z\n", {"x", "z"}},
        {"at the end of a map within", "a:\n  b: z\n  # secret\nc: z\n", {"z", "z"}},
        {"at the end of a list within", "a:\n  - b: z\n    # secret\n  - z\n", {"z", "z"}},
        {"behind a block of text", "a:\n  - |\n    z\n  # secret\nb: z\n", {"z\n", "z"}},
    };
    for (const auto& test : cases) {
        const auto plain = opened(test.text + yaml_metadata(test.values, rule));
        EXPECT_TRUE(plain.has_value()) << test.name << ": " << plain.error().text();
    }
}

TEST(FormatYaml, RefusesAKeyThatStandsTwice) {
    const auto plain = opened("a_unencrypted: 1\na_unencrypted: 1\n" + yaml_metadata({"1", "1"}));
    ASSERT_FALSE(plain.has_value());
    EXPECT_EQ(plain.error().text(), "line 2: the encrypted file has a key for the second time");
}

// As sops reads them: the values count once more where the alias stands, at its path.
TEST(FormatYaml, FollowsAliases) {
    const Case cases[] = {
        {"of a plain map",
         "x_unencrypted: &x {b: 1, c: [two]}\ny_unencrypted: *x\na: " + seal("s", "a:") + "\n",
         {"1", "two", "1", "two", "s"},
         "x_unencrypted: &x {b: 1, c: [two]}\ny_unencrypted: *x\na: s\n"},
        {"of an item", "a:\n- &x " + seal("s", "a:") + "\n- *x\n", {"s", "s"}, "a:\n- &x s\n- *x\n"},
        {"of the later anchor",
         "k_unencrypted: [&x 1, &x 2, *x]\n",
         {"1", "2", "2"},
         "k_unencrypted: [&x 1, &x 2, *x]\n"},
        {"of a null", "k_unencrypted: [&x ~, *x]\n", {}, "k_unencrypted: [&x ~, *x]\n"},
    };
    expect_opened(cases);
}

TEST(FormatYaml, RefusesAliasesThatCannotBeFollowed) {
    std::string chain = "k_unencrypted:\n- &x0 [a]\n";
    std::string growth = "k_unencrypted:\n- &x0 [a, a, a, a, a, a, a, a, a, a]\n";
    for (int index = 0; index < 200; ++index) {
        chain += fmt::format("- &x{} [*x{}]\n", index + 1, index);
        growth += index > 8 ? ""
                            : fmt::format("- &x{} [*x{}, *x{}, *x{}, *x{}, *x{}]\n", index + 1, index, index,
                                          index, index, index);
    }
    const struct {
        const char* name;
        std::string text;
        base::ErrorCode code;
    } cases[] = {
        {"no anchor", "k_unencrypted: *x\n", base::ErrorCode::kInvalid},
        {"itself", "k_unencrypted: &x [*x]\n", base::ErrorCode::kInvalid},
        {"of a value at another place", "a: &x " + seal("s", "a:") + "\nb: *x\n", base::ErrorCode::kInvalid},
        {"as a key", "k_unencrypted: &x a\n*x : b\n", base::ErrorCode::kInvalid},
        {"a long chain", chain, base::ErrorCode::kLimitExceeded},
        {"growth", growth, base::ErrorCode::kLimitExceeded},
    };
    for (const auto& test : cases) {
        const auto plain = opened(test.text + yaml_metadata({}), {.nodes_max = 20'000});
        ASSERT_FALSE(plain.has_value()) << test.name;
        EXPECT_EQ(plain.error().code, test.code) << test.name << ": " << plain.error().text();
    }
}

TEST(FormatYaml, RefusesChangedFiles) {
    const std::string good = "a: " + seal("hunter2", "a:") + "\nb_unencrypted: x\n";
    const struct {
        const char* name;
        std::string text;
        const char* words;
    } cases[] = {
        {"a plain value was changed", good + yaml_metadata({"hunter2", "y"}), "MAC"},
        {"a value was added", good + "c_unencrypted: z\n" + yaml_metadata({"hunter2", "x"}), "MAC"},
        {"a value moved", "c: " + seal("hunter2", "a:") + "\n" + yaml_metadata({"hunter2"}), "c:"},
        {"a value is plain", "a: hunter2\n" + yaml_metadata({"hunter2"}), "should be encrypted"},
        {"a value is a plain number", "a: 7\n" + yaml_metadata({"7"}), "should be encrypted"},
        {"a comment in the place of a value", "a: " + seal("x", "a:", "comment") + "\n" + yaml_metadata({}),
         "comment"},
        {"a MAC that is a comment",
         good + replaced(yaml_metadata({"hunter2", "x"}), "type:str]\n    version",
                         "type:comment]\n    version"),
         "MAC"},
        {"two rules", good + yaml_metadata({"hunter2", "x"}, "unencrypted_suffix: a\n    encrypted_regex: b"),
         "more than one rule"},
    };
    for (const auto& test : cases) {
        const auto plain = opened(test.text);
        ASSERT_FALSE(plain.has_value()) << test.name;
        EXPECT_EQ(plain.error().code, base::ErrorCode::kInvalid) << test.name;
        EXPECT_NE(plain.error().text().find(test.words), std::string::npos)
            << test.name << ": " << plain.error().text();
        EXPECT_EQ(plain.error().text().find("hunter2"), std::string::npos) << test.name;
    }
}

TEST(FormatYaml, TheDataKeyMustHave32Bytes) {
    const auto file = sops::EncryptedFile::parse("a: " + seal("x", "a:") + "\n" + yaml_metadata({"x"}),
                                                 sops::Format::kYaml);
    ASSERT_TRUE(file.has_value() && file->has_value());
    EXPECT_NE((*file)->decrypt(base::Secret(std::string(16, 'k'))).error().text().find("32 bytes"),
              std::string::npos);
}

}  // namespace
