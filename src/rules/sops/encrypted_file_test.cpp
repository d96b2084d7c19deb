// SPDX-License-Identifier: 0BSD
#include "rules/sops/encrypted_file.hpp"

#include <gtest/gtest.h>

namespace {

struct Case {
    const char* name;
    sops::Format format;
    const char* text;
};

// What carries no marker is left alone, however odd it is.
TEST(EncryptedFile, LeavesFilesWithoutMetadataAlone) {
    const Case cases[] = {
        {"empty", sops::Format::kYaml, ""},
        {"list", sops::Format::kYaml, "- sops\n- b\n"},
        {"scalar", sops::Format::kYaml, "sops\n"},
        {"template", sops::Format::kYaml, "{{ if .sops }}\na: {{ .b }}\n{{ end }}\n"},
        {"only comments", sops::Format::kYaml, "# sops: {}\n"},
        {"nested key", sops::Format::kYaml, "a:\n  sops:\n    mac: x\n"},
        {"text below the key", sops::Format::kYaml, "sops: yes\n"},
        {"JSON list", sops::Format::kJson, "[{\"sops\": {}}]"},
        {"broken JSON", sops::Format::kJson, "{\"sops\": "},
        {"line without equals", sops::Format::kDotenv, "sops\nA=1\n"},
        {"other section", sops::Format::kIni, "[x]\nsops = 1\n"},
        {"binary", sops::Format::kBinary, "\x00\x01sops"},
    };
    for (const Case& test : cases) {
        const auto file = sops::EncryptedFile::parse(test.text, test.format);
        ASSERT_TRUE(file.has_value()) << test.name << ": " << file.error().text();
        EXPECT_FALSE(file->has_value()) << test.name;
    }
}

TEST(EncryptedFile, RefusesMetadataThatIsIncomplete) {
    const Case cases[] = {
        {"empty block", sops::Format::kYaml, "a: 1\nsops: {}\n"},
        {"no version", sops::Format::kJson,
         R"({"sops": {"lastmodified": "2026-01-02T03:04:05Z", "age": [{"enc": "x"}]}})"},
        {"no key", sops::Format::kJson,
         R"({"sops": {"lastmodified": "2026-01-02T03:04:05Z", "version": "3.13.3"}})"},
        {"dotenv", sops::Format::kDotenv, "A=1\nsops_mac=x\n"},
        {"contradicting names", sops::Format::kDotenv, "sops_age=x\nsops_age__list_0__map_enc=y\n"},
        {"huge index", sops::Format::kDotenv, "sops_age__list_99999999__map_enc=y\n"},
        {"ini", sops::Format::kIni, "[sops]\nmac = x\n"},
    };
    for (const Case& test : cases) {
        EXPECT_FALSE(sops::EncryptedFile::parse(test.text, test.format).has_value()) << test.name;
    }
}

TEST(EncryptedFile, BoundsSizeAndDepth) {
    const std::string deep =
        "sops: {a: " + std::string(200, '[') + std::string(200, ']') + "}\nb: ENC[AES256_GCM\n";
    EXPECT_EQ(sops::EncryptedFile::parse(deep, sops::Format::kYaml).error().code,
              base::ErrorCode::kLimitExceeded);
    const std::string large = "sops: {}\nb: ENC[AES256_GCM\n" + std::string(1000, '#');
    EXPECT_EQ(sops::EncryptedFile::parse(large, sops::Format::kYaml, {.bytes_max = 500}).error().code,
              base::ErrorCode::kLimitExceeded);
}

TEST(EncryptedFile, FormatFollowsTheSuffix) {
    EXPECT_EQ(sops::format_of("a.yml"), sops::Format::kYaml);
    EXPECT_EQ(sops::format_of("a.json"), sops::Format::kJson);
    EXPECT_EQ(sops::format_of(".env"), sops::Format::kDotenv);
    EXPECT_EQ(sops::format_of("a.ini"), sops::Format::kIni);
    EXPECT_EQ(sops::format_of("key.pem"), sops::Format::kBinary);
}

}  // namespace
