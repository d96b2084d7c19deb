// SPDX-License-Identifier: 0BSD
#include "rules/sops/cipher.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "rules/sops/testing/seal.hpp"

namespace {

using sops::ScalarKind;
using sops::testing::data_key;
using sops::testing::seal;

TEST(Cipher, OpensEachTypeInItsCanonicalWriting) {
    const struct {
        const char* type;
        const char* text;
        ScalarKind kind;
        const char* opened;
    } cases[] = {
        {"str", "words, \"quoted\"\n", ScalarKind::kText, "words, \"quoted\"\n"},
        {"int", "42", ScalarKind::kInteger, "42"},
        {"int", "-9223372036854775808", ScalarKind::kInteger, "-9223372036854775808"},
        {"int", "+7", ScalarKind::kInteger, "7"},
        {"int", "007", ScalarKind::kInteger, "7"},
        {"float", "1e3", ScalarKind::kFloat, "1000"},
        {"float", "0.0000001", ScalarKind::kFloat, "0.0000001"},
        {"float", "1.50", ScalarKind::kFloat, "1.5"},
        {"float", "+Inf", ScalarKind::kFloat, "+Inf"},
        {"float", "NaN", ScalarKind::kFloat, "NaN"},
        {"bool", "True", ScalarKind::kBool, "True"},
        {"bool", "f", ScalarKind::kBool, "False"},
        {"bytes", "\x01\xff", ScalarKind::kBytes, "\x01\xff"},
        {"time", "2026-01-02T03:04:05Z", ScalarKind::kTime, "2026-01-02T03:04:05Z"},
        {"comment", " secret", ScalarKind::kComment, " secret"},
    };
    for (const auto& test : cases) {
        const auto opened = sops::decrypt_value(seal(test.text, "a:", test.type), data_key(), "a:");
        ASSERT_TRUE(opened.has_value()) << test.text << ": " << opened.error().text();
        EXPECT_EQ(opened->kind, test.kind) << test.text;
        EXPECT_EQ(opened->text.reveal(), test.opened);
    }
}

TEST(Cipher, AnEmptyTextIsItself) {
    const auto opened = sops::decrypt_value("", data_key(), "a:");
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->kind, ScalarKind::kText);
    EXPECT_TRUE(opened->text.empty());
}

TEST(Cipher, RefusesWhatDoesNotFitAndQuotesNothing) {
    const std::string good = seal("hunter2", "a:");
    const auto with = [&](std::string_view from, std::string_view to) {
        std::string text = good;
        return text.replace(text.find(from), from.size(), to);
    };
    const struct {
        const char* name;
        std::string text;
        const char* place;
        const char* words;
    } cases[] = {
        {"another place", good, "b:", "changed"},
        {"plain", "hunter2", "a:", "should be encrypted"},
        {"no end", good.substr(0, good.size() - 1), "a:", "should be encrypted"},
        {"another algorithm", with("AES256", "AES128"), "a:", "should be encrypted"},
        {"no tag", with(",tag:", ",gat:"), "a:", "should be encrypted"},
        {"parts in another order", "ENC[AES256_GCM,data:x,tag:y,iv:z,type:str]", "a:", "should be encrypted"},
        {"data that is no base64", with("data:", "data:!"), "a:", "changed"},
        {"empty vector", "ENC[AES256_GCM,data:eA==,iv:,tag:AAAAAAAAAAAAAAAAAAAAAA==,type:str]",
         "a:", "changed"},
        {"short tag", "ENC[AES256_GCM,data:eA==,iv:eA==,tag:AAAA,type:str]", "a:", "changed"},
        {"unknown type", seal("hunter2", "a:", "list"), "a:", "type is unknown"},
        {"no integer", seal("hunter2", "a:", "int"), "a:", "not an integer"},
        {"integer with blanks", seal(" 1", "a:", "int"), "a:", "not an integer"},
        {"integer too large", seal("9223372036854775808", "a:", "int"), "a:", "not an integer"},
        {"no number", seal("hunter2", "a:", "float"), "a:", "not a number"},
        {"no bool", seal("hunter2", "a:", "bool"), "a:", "not a bool"},
    };
    for (const auto& test : cases) {
        const auto opened = sops::decrypt_value(test.text, data_key(), test.place);
        ASSERT_FALSE(opened.has_value()) << test.name;
        EXPECT_EQ(opened.error().code, base::ErrorCode::kInvalid) << test.name;
        EXPECT_NE(opened.error().text().find(test.words), std::string::npos)
            << test.name << ": " << opened.error().text();
        EXPECT_EQ(opened.error().text().find("hunter2"), std::string::npos) << test.name;
    }
    EXPECT_FALSE(sops::decrypt_value(good, base::Secret(std::string(32, 'x')), "a:").has_value());
    EXPECT_FALSE(sops::decrypt_value(good, base::Secret(std::string(16, 'k')), "a:").has_value());
}

TEST(Cipher, FixedNumbersHaveTheFewestDigitsAndNoExponent) {
    const std::pair<double, std::string> cases[] = {
        {0, "0"},
        {-0.0, "-0"},
        {1, "1"},
        {-0.5, "-0.5"},
        {1e21, "1000000000000000000000"},
        {1e100, "1" + std::string(100, '0')},
        {1.25e-7, "0.000000125"},
        {123456789.125, "123456789.125"},
        {120, "120"},
        {5e-324, "0." + std::string(323, '0') + "5"},
        {std::numeric_limits<double>::max(), "17976931348623157" + std::string(292, '0')},
        {std::numeric_limits<double>::infinity(), "+Inf"},
        {-std::numeric_limits<double>::infinity(), "-Inf"},
        {std::numeric_limits<double>::quiet_NaN(), "NaN"},
    };
    for (const auto& [number, text] : cases) {
        EXPECT_EQ(sops::fixed_number(number).reveal(), text);
    }
}

}  // namespace
