// SPDX-License-Identifier: 0BSD
#include "rules/sops/age.hpp"

#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "rules/sops/age_text.hpp"

namespace {

// Made for these tests only, in two pieces so that no file looks as if it held a real key.
const std::string kIdentity =
    std::string("AGE-SECRET-") + "KEY-1GD3QKQZTQXRRTG2RNL6DGKZU52YV4RL4UXR9JGD8WH8KLTQTTXZQA2AZNG";
constexpr std::string_view kContent = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kFile =
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSB1djJXQVdOTXgza01kZndM\n"
    "TlE5MVVXNjBIdmNtdG56VVBVdDRvaHNKenhBCmhYMEtNUHFPdUFFVTJzZEtLWXRv\n"
    "NkxQY1J0SW9qVGpqbUxtUENtUjExUTAKLS0tIDZvdkpISXJ6OXFqNWlaRjYwbHhC\n"
    "RENvcW1ramxwMjRFeFlOWGpXUUI5NzAK1OAnzfyGfRHNG1oD0IAPoAx16a9xEIvJ\n"
    "CIQMRL6O8gpGziBg0kkJqyAWCs0fSOwC3Z1NDf4+VqFGVXpi2Vkc+g==\n";
constexpr std::string_view kBegin = "-----BEGIN AGE ENCRYPTED FILE-----\n";
constexpr std::string_view kEnd = "-----END AGE ENCRYPTED FILE-----\n";

std::vector<sops::AgeIdentity> identities() { return sops::parse_age_identities(kIdentity).value(); }
std::string binary() { return base::decode_base64(kFile).value(); }
std::string armored() { return std::string(kBegin) + std::string(kFile) + std::string(kEnd); }

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    return text.replace(text.find(from), from.size(), to);
}

TEST(Age, OpensAFileInArmorAndWithout) {
    const std::string crlf = [] {
        std::string text;
        for (const char letter : armored()) {
            text += letter == '\n' ? "\r\n" : std::string(1, letter);
        }
        return text;
    }();
    for (const std::string& file : {armored(), binary(), "\n " + armored() + "\n\n", crlf}) {
        const auto opened = sops::decrypt_age(file, identities());
        ASSERT_TRUE(opened.has_value()) << opened.error().text();
        EXPECT_EQ(opened->reveal(), kContent);
    }
}

TEST(Age, SkipsRecipientsOfOtherKinds) {
    const std::string file = replaced(binary(), "-> X25519", "-> other argument\nAAAA\n-> X25519");
    const auto opened = sops::decrypt_age(file, identities());
    ASSERT_FALSE(opened.has_value());
    EXPECT_NE(opened.error().text().find("header of an age file was changed"), std::string::npos)
        << "the recipient is found, and the change is noticed: " << opened.error().text();
}

TEST(Age, RefusesFilesThatWereChanged) {
    std::string payload = binary();
    payload.back() ^= 1;
    std::string nonce = binary();
    nonce[nonce.size() - 48 - 16] ^= 1;
    std::string mac = binary();
    mac[mac.find("--- ") + 5] ^= 1;
    const struct {
        const char* name;
        std::string file;
        base::ErrorCode code;
        const char* words;
    } cases[] = {
        {"empty", "", base::ErrorCode::kInvalid, "no age v1 file"},
        {"words", "hello", base::ErrorCode::kInvalid, "no age v1 file"},
        {"another version", replaced(binary(), "/v1", "/v2"), base::ErrorCode::kInvalid, "no age v1 file"},
        {"header cut off", binary().substr(0, 100), base::ErrorCode::kInvalid, "no age v1 file"},
        {"no MAC", binary().substr(0, binary().find("--- ")), base::ErrorCode::kInvalid, "no age v1 file"},
        {"short MAC", replaced(binary(), "--- 6ovJ", "--- "), base::ErrorCode::kInvalid, "no age v1 file"},
        {"another MAC", mac, base::ErrorCode::kInvalid, "header of an age file was changed"},
        {"line without arrow", replaced(binary(), "-> X25519", "X25519"), base::ErrorCode::kInvalid,
         "no age v1 file"},
        {"another recipient", replaced(binary(), "X25519 uv2W", "X25519 uv2X"), base::ErrorCode::kNotFound,
         "no age identity"},
        {"another kind", replaced(binary(), "X25519", "scrypt"), base::ErrorCode::kNotFound,
         "no age identity"},
        {"short share", replaced(binary(), "X25519 uv2W", "X25519 "), base::ErrorCode::kInvalid,
         "no age v1 file"},
        {"another last byte", payload, base::ErrorCode::kInvalid, "cut off or was changed"},
        {"another nonce", nonce, base::ErrorCode::kInvalid, "cut off or was changed"},
        {"payload cut off", binary().substr(0, binary().size() - 1), base::ErrorCode::kInvalid,
         "cut off or was changed"},
        {"no payload", binary().substr(0, binary().size() - 64), base::ErrorCode::kInvalid,
         "cut off or was changed"},
        {"more behind it", binary() + "x", base::ErrorCode::kInvalid, "cut off or was changed"},
        {"armor without end", std::string(kBegin) + std::string(kFile), base::ErrorCode::kInvalid,
         "no age v1 file"},
        {"armor of another kind", replaced(armored(), "AGE", "PGP"), base::ErrorCode::kInvalid,
         "no age v1 file"},
        {"a long line of armor", replaced(armored(), "\nTlE5", "TlE5"), base::ErrorCode::kInvalid,
         "no age v1 file"},
        {"large", std::string((1U << 20U) + 1, 'x'), base::ErrorCode::kLimitExceeded, "1 MiB"},
    };
    for (const auto& test : cases) {
        const auto opened = sops::decrypt_age(test.file, identities());
        ASSERT_FALSE(opened.has_value()) << test.name;
        EXPECT_EQ(opened.error().code, test.code) << test.name;
        EXPECT_NE(opened.error().text().find(test.words), std::string::npos)
            << test.name << ": " << opened.error().text();
    }
}

TEST(Age, BoundsTheRecipients) {
    std::string many;
    for (int index = 0; index < 1000; ++index) {
        many += "-> other\n\n";
    }
    EXPECT_EQ(
        sops::decrypt_age(replaced(binary(), "-> X25519", many + "-> X25519"), identities()).error().text(),
        "a key of the file is no age v1 file");
}

TEST(Age, ReadsIdentitiesLineByLine) {
    const auto read = sops::parse_age_identities("# made today\n\n  " + kIdentity + "  \r\n" + kIdentity);
    ASSERT_TRUE(read.has_value()) << read.error().text();
    EXPECT_EQ(read->size(), 2U);
    EXPECT_EQ(read->front().private_key().size(), 32U);
    EXPECT_EQ(read->front().public_key(), read->back().public_key());
}

TEST(Age, RefusesIdentitiesWithTheirLine) {
    std::string wrong = kIdentity;
    wrong[30] = wrong[30] == 'Q' ? 'P' : 'Q';
    std::string lower = kIdentity;
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    std::string many;
    for (int index = 0; index <= 1000; ++index) {
        many += kIdentity + "\n";
    }
    const struct {
        const char* name;
        std::string text;
        base::ErrorCode code;
        const char* words;
    } cases[] = {
        {"empty", "", base::ErrorCode::kInvalid, "holds no age identity"},
        {"only comments", "# a\n", base::ErrorCode::kInvalid, "holds no age identity"},
        {"a wrong letter", kIdentity + "\n" + wrong, base::ErrorCode::kInvalid,
         "line 2: it is no age identity"},
        {"lower case", lower, base::ErrorCode::kInvalid, "line 1: it is no age identity"},
        {"cut off", kIdentity.substr(0, 60), base::ErrorCode::kInvalid, "line 1: it is no age identity"},
        {"a recipient", "age1xyz", base::ErrorCode::kInvalid, "line 1: it is no age identity"},
        {"a plugin", "AGE-PLUGIN-X-1QQQ", base::ErrorCode::kInvalid, "line 1: it is no age identity"},
        {"many", many, base::ErrorCode::kLimitExceeded, "1000"},
    };
    for (const auto& test : cases) {
        const auto read = sops::parse_age_identities(test.text);
        ASSERT_FALSE(read.has_value()) << test.name;
        EXPECT_EQ(read.error().code, test.code) << test.name;
        EXPECT_NE(read.error().text().find(test.words), std::string::npos)
            << test.name << ": " << read.error().text();
        EXPECT_EQ(read.error().text().find(kIdentity.substr(20, 10)), std::string::npos) << test.name;
    }
}

// The examples of BIP 173, and what else its rules refuse.
TEST(AgeText, ReadsBech32) {
    EXPECT_TRUE(sops::decode_bech32("A12UEL5L", "a").has_value());
    EXPECT_TRUE(
        sops::decode_bech32(
            "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
            "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio")
            .has_value());
    EXPECT_EQ(
        sops::decode_bech32("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "abcdef")->reveal(),
        std::string("\x00\x44\x32\x14\xc7\x42\x54\xb6\x35\xcf\x84\x65\x3a\x56\xd7\xc6\x75\xbe\x77\xdf", 20));
    for (const std::string_view text :
         {"A12uEL5L", "A12UEL5M", "B12UEL5L", "A2UEL5L", "a1", "1", "", "A12UELbL"}) {
        EXPECT_FALSE(sops::decode_bech32(text, "a").has_value()) << text;
    }
}

}  // namespace
