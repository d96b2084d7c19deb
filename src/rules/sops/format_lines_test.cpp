// SPDX-License-Identifier: 0BSD
// dotenv and ini files: values, comments, and what the rules see.
#include <gtest/gtest.h>

#include "rules/sops/encrypted_file.hpp"
#include "rules/sops/testing/seal.hpp"

namespace {

using sops::Format;
using sops::testing::mac_of;
using sops::testing::seal;

base::Result<std::string> opened(const std::string& text, Format format) {
    auto file = sops::EncryptedFile::parse(text, format);
    if (!file) {
        return std::move(file.error());
    }
    auto plain = (*file)->decrypt(sops::testing::data_key());
    return plain ? base::Result<std::string>(std::string(plain->reveal())) : std::move(plain.error());
}

std::string metadata(const std::vector<std::string>& values, std::string_view prefix,
                     std::string_view rule = "") {
    std::string text;
    for (const std::string& line :
         {std::string("age__list_0__map_enc=e"), fmt::format("lastmodified={}", sops::testing::kTime),
          "mac=" + mac_of(values), std::string("version=3.13.3"), std::string(rule)}) {
        text += line.empty() ? "" : std::string(prefix) + line + "\n";
    }
    return text;
}

std::string dotenv(const std::vector<std::string>& values, std::string_view rule = "") {
    return metadata(values, "sops_", rule);
}
std::string ini(const std::vector<std::string>& values, std::string_view rule = "") {
    return "[sops]\n" + metadata(values, "", rule);
}

TEST(FormatLines, OpensValuesAndComments) {
    const struct {
        const char* name;
        Format format;
        std::string text;
        const char* plain;
    } cases[] = {
        {"dotenv", Format::kDotenv,
         "#" + seal(" head", ":", "comment") + "\nA=" + seal("x = y", "A:") +
             "\nB=" + seal("two\nlines", "B:") + "\n" + dotenv({"x = y", "two\nlines"}),
         "# head\nA=x = y\nB=two\\nlines\n"},
        {"dotenv, plain beside it", Format::kDotenv,
         "A_unencrypted=a\\nb\n\n# plain\nB=\n" + dotenv({"a\nb", ""}), "A_unencrypted=a\\nb\n# plain\nB=\n"},
        {"ini", Format::kIni,
         "[a]\nb = " + seal(" x;", "a:b:") + "\nc = " + seal("two\nlines", "a:c:") + "\n" +
             ini({" x;", "two\nlines"}),
         "[a]\nb = ` x;`\nc = \"\"\"two\nlines\"\"\"\n"},
        {"ini, keys in quotes, and with a colon", Format::kIni,
         "[a]\n`b=c` = " + seal("x", "a:b=c:") + "\nd_unencrypted: y = z\n" + ini({"x", "y = z"}),
         "[a]\n`b=c` = x\nd_unencrypted = y = z\n"},
        {"ini, above the first section", Format::kIni, "b = " + seal("x", "DEFAULT:b:") + "\n" + ini({"x"}),
         "b = x\n"},
        {"ini, comments of section and key", Format::kIni,
         "; " + seal("of a", "a:", "comment") + "\n[a]\n# " + seal("of b\n; more", "a:", "comment") +
             "\nb = " + seal("x", "a:b:") + "\n" + ini({"x"}),
         "; of a\n[a]\n# of b\n; more\nb = x\n"},
    };
    for (const auto& test : cases) {
        const auto plain = opened(test.text, test.format);
        ASSERT_TRUE(plain.has_value()) << test.name << ": " << plain.error().text();
        EXPECT_EQ(*plain, test.plain) << test.name;
    }
}

TEST(FormatLines, RulesSeeComments) {
    const std::string rule = "encrypted_comment_regex=secret";
    const struct {
        const char* name;
        Format format;
        std::string text;
    } cases[] = {
        {"dotenv, above", Format::kDotenv,
         "# secret\nA=" + seal("x", "A:") + "\nB=y\n" + dotenv({"x", "y"}, rule)},
        {"ini, that of the key before", Format::kIni,
         "[a]\n; secret\nb = x\nc = " + seal("y", "a:c:") + "\nd = z\n" + ini({"x", "y", "z"}, rule)},
        {"ini, that of the section", Format::kIni,
         "; secret\n[a]\nb = " + seal("x", "a:b:") + "\nc = y\n" + ini({"x", "y"}, rule)},
        {"ini, not beyond the section", Format::kIni,
         "[a]\n; secret\nb = x\n[c]\nd = y\n" + ini({"x", "y"}, rule)},
    };
    for (const auto& test : cases) {
        const auto plain = opened(test.text, test.format);
        EXPECT_TRUE(plain.has_value()) << test.name << ": " << plain.error().text();
    }
}

TEST(FormatLines, RefusesChangedFiles) {
    const struct {
        const char* name;
        Format format;
        std::string text;
        const char* words;
    } cases[] = {
        {"dotenv, no equals sign", Format::kDotenv, "A=" + seal("x", "A:") + "\nB\n" + dotenv({"x"}),
         "line 2"},
        {"dotenv, metadata without equals sign", Format::kDotenv,
         "A=" + seal("x", "A:") + "\nsops_x\n" + dotenv({"x"}), "line 2"},
        {"dotenv, another name", Format::kDotenv, "B=" + seal("x", "A:") + "\n" + dotenv({"x"}), "B:"},
        {"dotenv, another value", Format::kDotenv, "A_unencrypted=x\n" + dotenv({"y"}), "MAC"},
        {"ini, no equals sign", Format::kIni, "[a]\nb\n" + ini({}), "line 2"},
        {"ini, another section", Format::kIni, "[b]\nb = " + seal("x", "a:b:") + "\n" + ini({"x"}), "b:b:"},
        {"ini, a key twice", Format::kIni, "[a]\nb_unencrypted = x\nb_unencrypted = y\n" + ini({"x", "y"}),
         "second time"},
    };
    for (const auto& test : cases) {
        const auto plain = opened(test.text, test.format);
        ASSERT_FALSE(plain.has_value()) << test.name;
        EXPECT_NE(plain.error().text().find(test.words), std::string::npos)
            << test.name << ": " << plain.error().text();
    }
}

}  // namespace
