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

// Keys, sections and variables of that name are nothing special as long as sops' own words are missing.
TEST(EncryptedFile, LeavesOrdinaryFilesThatSpeakOfSopsAlone) {
    const Case cases[] = {
        {"values of a chart", sops::Format::kYaml,
         "sops:\n  enabled: true\n  version: 3.9.0\n  age: [age1xyz]\n"},
        {"empty map", sops::Format::kYaml, "a: 1\nsops: {}\n"},
        {"no map", sops::Format::kYaml, "sops: [a]\n"},
        {"a recipient, nothing locked", sops::Format::kYaml,
         "sops: {pgp: [{fp: ABC}], lastmodified: never}\n"},
        {"a file that speaks of the mac", sops::Format::kYaml, "sops: {mac: required}\n"},
        {"second document", sops::Format::kYaml, "a: 1\n---\nsops: {a: b}\n"},
        {"alias", sops::Format::kYaml, "a: &x {b: 1}\nsops: *x\n"},
        {"merge key", sops::Format::kYaml, "a: &x {b: 1}\nsops:\n  <<: *x\n"},
        {"template", sops::Format::kYaml, "sops:\n  {{- toYaml .Values.sops | nindent 2 }}\n"},
        {"JSON", sops::Format::kJson, R"({"sops": {"version": "1"}})"},
        {"JSON, null", sops::Format::kJson, R"({"sops": null})"},
        {"binary", sops::Format::kBinary, R"({"sops": true, "data": "x"})"},
        {"variables", sops::Format::kDotenv, "sops_x=1\nsops_age=2\nsops_version=3\nno equals sign\n"},
        {"names that contradict each other", sops::Format::kDotenv, "sops_age=x\nsops_age__map_a=y\n"},
        {"huge index", sops::Format::kDotenv, "sops_a__list_99999999__map_b=y\n"},
        {"upper case", sops::Format::kDotenv, "SOPS_MAC=ENC[x]\n"},
        {"section", sops::Format::kIni, "[sops]\nenabled = yes\nno equals sign\n"},
        {"ciphertext quoted in words", sops::Format::kYaml, "a: see sops\nb: ENC[AES256_GCM,data:x]\n"},
        {"ciphertext below another key", sops::Format::kYaml, "a:\n  sops: 1\n  b: ENC[AES256_GCM,data:x]\n"},
    };
    for (const Case& test : cases) {
        const auto file = sops::EncryptedFile::parse(test.text, test.format);
        ASSERT_TRUE(file.has_value()) << test.name << ": " << file.error().text();
        EXPECT_FALSE(file->has_value()) << test.name;
    }
}

TEST(EncryptedFile, RefusesMetadataThatIsIncomplete) {
    const Case cases[] = {
        {"no version", sops::Format::kJson,
         R"({"sops": {"lastmodified": "2026-01-02T03:04:05Z", "age": [{"enc": "x"}]}})"},
        {"no key", sops::Format::kJson,
         R"({"sops": {"lastmodified": "2026-01-02T03:04:05Z", "version": "3.13.3"}})"},
        {"a key alone", sops::Format::kYaml, "sops: {hc_vault: [{enc: x}]}\n"},
        {"a key in a group alone", sops::Format::kYaml, "sops: {key_groups: [{age: [{enc: x}]}]}\n"},
        {"a MAC alone", sops::Format::kYaml, "sops: {mac: 'ENC[x]'}\n"},
        {"of a kind that is not supported", sops::Format::kYaml,
         "sops: {hckms: [{enc: x}], version: 3.9.0, lastmodified: '2026-01-02T03:04:05Z'}\n"},
        {"dotenv", sops::Format::kDotenv, "A=1\nsops_mac=ENC[x]\n"},
        {"dotenv, a key alone", sops::Format::kDotenv, "A=1\nsops_pgp__list_0__map_enc=x\n"},
        {"ini", sops::Format::kIni, "[sops]\nmac = ENC[x]\n"},
    };
    for (const Case& test : cases) {
        EXPECT_FALSE(sops::EncryptedFile::parse(test.text, test.format).has_value()) << test.name;
    }
}

// Ciphertext beside anything in the place of the metadata: the file was cut off or changed.
TEST(EncryptedFile, NeverLetsCiphertextBesideABlockPass) {
    const Case cases[] = {
        {"empty", sops::Format::kYaml, "a: ENC[AES256_GCM,data:x]\nsops: {}\n"},
        {"null", sops::Format::kYaml, "a: ENC[AES256_GCM,data:x]\nsops:\n"},
        {"text", sops::Format::kYaml, "a: ENC[AES256_GCM,data:x]\nsops: x\n"},
        {"list", sops::Format::kYaml, "a: ENC[AES256_GCM,data:x]\nsops: [a]\n"},
        {"cut off", sops::Format::kYaml,
         "a: ENC[AES256_GCM,data:x]\nsops:\n  age:\n    - enc: |\n        -----BEG"},
        {"no YAML", sops::Format::kYaml, "a: ENC[AES256_GCM,data:x]\nsops: {a: \"\n"},
        {"in the second document", sops::Format::kYaml, "a: 1\n---\nb: ENC[AES256_GCM,data:x]\nsops: {}\n"},
        {"JSON", sops::Format::kJson, R"({"a": "ENC[AES256_GCM,data:x]", "sops": {}})"},
        {"JSON, null", sops::Format::kJson, R"({"a": "ENC[AES256_GCM,data:x]", "sops": null})"},
        {"JSON, cut off", sops::Format::kJson, R"({"a": "ENC[AES256_GCM,data:x]", "sops": {"ma)"},
        {"binary", sops::Format::kBinary, R"({"data": "ENC[AES256_GCM,data:x]", "sops": 1})"},
        {"dotenv", sops::Format::kDotenv, "A=ENC[AES256_GCM,data:x]\nsops_x=\n"},
        {"dotenv, names that contradict each other", sops::Format::kDotenv,
         "A=ENC[AES256_GCM,data:x]\nsops_age=x\nsops_age__list_0__map_enc=y\n"},
        {"dotenv, huge index", sops::Format::kDotenv,
         "A=ENC[AES256_GCM,data:x]\nsops_a__list_99999999__map_b=y\n"},
        {"ini", sops::Format::kIni, "[a]\nb = ENC[AES256_GCM,data:x]\n[sops]\nversion = 1\n"},
        {"ini, empty section", sops::Format::kIni, "[a]\nb = ENC[AES256_GCM,data:x]\n[sops]\n"},
    };
    for (const Case& test : cases) {
        EXPECT_FALSE(sops::EncryptedFile::parse(test.text, test.format).has_value()) << test.name;
    }
}

TEST(EncryptedFile, BoundsSizeAndDepth) {
    const std::string deep =
        "sops: {a: " + std::string(200, '[') + std::string(200, ']') + "}\nb: ENC[AES256_GCM,\n";
    EXPECT_EQ(sops::EncryptedFile::parse(deep, sops::Format::kYaml).error().code,
              base::ErrorCode::kLimitExceeded);
    const std::string large = "sops: {}\nb: ENC[AES256_GCM,\n" + std::string(1000, '#');
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
