// SPDX-License-Identifier: 0BSD
#include "rules/sops/pgp.hpp"

#include <gtest/gtest.h>

#include "rules/sops/identities.hpp"
#include "rules/sops/pgp_packets.hpp"
#include "rules/sops/testing/pgp_fixtures.hpp"

namespace {

using namespace sops::testing;

std::vector<sops::PgpKeyBlock> keys_of(const std::string& text) { return sops::parse_pgp_keys(text).value(); }

TEST(Pgp, OpensAMessageWithTheKeyItIsFor) {
    for (const std::string_view body : {kForAlpha, kForBoth}) {
        const auto opened =
            sops::decrypt_pgp(message(body), keys_of(private_key(kOther) + private_key(kAlpha)));
        ASSERT_TRUE(opened.has_value()) << opened.error().text();
        EXPECT_EQ(opened->reveal(), kContent);
    }
}

TEST(Pgp, ASubkeyAloneIsEnough) {
    const auto opened = sops::decrypt_pgp(message(kForAlpha), keys_of(private_key(kAlphaSubkeys)));
    ASSERT_TRUE(opened.has_value()) << opened.error().text();
    EXPECT_EQ(opened->reveal(), kContent);
}

TEST(Pgp, SkipsWhatIsNoPrivateKey) {
    const std::string text =
        "exported today\n" + armored("PUBLIC KEY BLOCK", kAlphaPublic) + private_key(kAlpha) + "# end\n";
    const auto keys = sops::parse_pgp_keys(text);
    ASSERT_TRUE(keys.has_value()) << keys.error().text();
    EXPECT_EQ(keys->size(), 1U);
}

TEST(Pgp, RefusesKeysThatCannotBeUsed) {
    constexpr std::size_t kLine = 65;
    std::string many;
    for (int index = 0; index <= 100; ++index) {
        many += private_key(kAlphaSubkeys);
    }
    const struct {
        const char* name;
        std::string text;
        base::ErrorCode code;
        const char* words;
    } cases[] = {
        {"empty", "", base::ErrorCode::kInvalid, "no OpenPGP private key"},
        {"public only", armored("PUBLIC KEY BLOCK", kAlphaPublic), base::ErrorCode::kInvalid,
         "no OpenPGP private key"},
        {"passphrase", private_key(kAlpha) + private_key(kLocked), base::ErrorCode::kInvalid, "passphrase"},
        {"no end", private_key(kAlpha).substr(0, 300), base::ErrorCode::kInvalid, "cut off"},
        {"half a key", private_key(kAlpha.substr(0, 4 * kLine)), base::ErrorCode::kInvalid, "broken"},
        {"a message", private_key(kForAlpha), base::ErrorCode::kInvalid, "broken"},
        {"no body", private_key(""), base::ErrorCode::kInvalid, "broken"},
        {"large", std::string((1U << 20U) + 1, ' '), base::ErrorCode::kLimitExceeded, "1 MiB"},
        {"many", many, base::ErrorCode::kLimitExceeded, "100"},
    };
    for (const auto& test : cases) {
        const auto keys = sops::parse_pgp_keys(test.text);
        ASSERT_FALSE(keys.has_value()) << test.name;
        EXPECT_EQ(keys.error().code, test.code) << test.name;
        EXPECT_NE(keys.error().text().find(test.words), std::string::npos)
            << test.name << ": " << keys.error().text();
        EXPECT_EQ(keys.error().text().find(kAlpha.substr(0, 20)), std::string::npos) << test.name;
    }
}

TEST(Pgp, RefusesMessagesThatCannotBeTrusted) {
    std::string changed = message(kForAlpha);
    changed[changed.size() - 70] ^= 1;
    const struct {
        const char* name;
        std::string text;
        base::ErrorCode code;
    } cases[] = {
        {"for no key", message(kForHidden), base::ErrorCode::kNotFound},
        {"without integrity", message(kUnprotected), base::ErrorCode::kInvalid},
        {"not encrypted", message(kPlain), base::ErrorCode::kInvalid},
        {"changed", changed, base::ErrorCode::kInvalid},
        {"cut off", message(kForAlpha).substr(0, 200), base::ErrorCode::kInvalid},
        {"empty", "", base::ErrorCode::kInvalid},
        {"a key", armored("PUBLIC KEY BLOCK", kAlphaPublic), base::ErrorCode::kInvalid},
        {"large content", message(kLarge), base::ErrorCode::kLimitExceeded},
        {"large", message(std::string(64U << 10U, 'A')), base::ErrorCode::kLimitExceeded},
    };
    const auto keys = keys_of(private_key(kAlpha));
    for (const auto& test : cases) {
        const auto opened = sops::decrypt_pgp(test.text, keys);
        ASSERT_FALSE(opened.has_value()) << test.name;
        EXPECT_EQ(opened.error().code, test.code) << test.name << ": " << opened.error().text();
    }
}

TEST(Pgp, OtherKeysOpenNothing) {
    EXPECT_EQ(sops::decrypt_pgp(message(kForAlpha), keys_of(private_key(kOther))).error().code,
              base::ErrorCode::kNotFound);
    EXPECT_EQ(sops::decrypt_pgp(message(kForAlpha), {}).error().code, base::ErrorCode::kNotFound);
}

TEST(Pgp, IdentitiesNameTheEntryThatIsBad) {
    std::map<std::string, base::Secret> data;
    data.emplace("team.asc", base::Secret(private_key(kLocked)));
    EXPECT_EQ(sops::Identities::parse(data).error().text(),
              "team.asc: the OpenPGP key is protected by a passphrase; export it without one");
    data.clear();
    data.emplace("team.asc", base::Secret(private_key(kAlpha) + private_key(kOther)));
    data.emplace("README", base::Secret(std::string("no key")));
    const auto identities = sops::Identities::parse(data);
    ASSERT_TRUE(identities.has_value()) << identities.error().text();
    const auto part = identities->unwrap(sops::PgpKey{.fingerprint = "", .enc = message(kForAlpha)});
    ASSERT_TRUE(part.has_value()) << part.error().text();
    EXPECT_EQ(part->reveal(), kContent);
}

TEST(PgpPackets, ReadsArmor) {
    const struct {
        const char* name;
        std::string text;
        const char* bytes;  // nullptr where there are none
    } cases[] = {
        {"plain", "-----BEGIN PGP MESSAGE-----\n\naGVs\nbG8=\n=abcd\n-----END PGP MESSAGE-----\n", "hello"},
        {"with headers",
         "-----BEGIN PGP MESSAGE-----\nVersion: 1\nComment: x\n\naGVsbG8=\n-----END PGP MESSAGE-----",
         "hello"},
        {"CRLF and blanks",
         "x\r\n-----BEGIN PGP MESSAGE-----\r\n\r\naGVsbG8= \r\n-----END PGP MESSAGE-----\r\n", "hello"},
        {"no empty line", "-----BEGIN PGP MESSAGE-----\naGVsbG8=\n-----END PGP MESSAGE-----\n", "hello"},
        {"no base64", "-----BEGIN PGP MESSAGE-----\n\na$$s\n-----END PGP MESSAGE-----\n", nullptr},
        {"nothing within", "-----BEGIN PGP MESSAGE-----\n\n-----END PGP MESSAGE-----\n", nullptr},
        {"no end", "-----BEGIN PGP MESSAGE-----\n\naGVsbG8=\n", nullptr},
        {"another kind", "-----BEGIN PGP SIGNATURE-----\n\naGVsbG8=\n-----END PGP SIGNATURE-----\n", nullptr},
        {"empty", "", nullptr},
    };
    for (const auto& test : cases) {
        const auto bytes = sops::without_pgp_armor(test.text, "MESSAGE");
        ASSERT_EQ(bytes.has_value(), test.bytes != nullptr) << test.name;
        if (bytes) {
            EXPECT_EQ(bytes->reveal(), test.bytes) << test.name;
        }
    }
}

TEST(PgpPackets, ReadsBothFormsOfLengths) {
    const std::string body =
        "\x03"
        "12345678"
        "\x01";
    const std::string octet(1, static_cast<char>(body.size()));
    const struct {
        const char* name;
        std::string bytes;
        std::size_t count;
    } cases[] = {
        {"old, one byte", "\x84" + octet + body, 1},
        {"old, two bytes", std::string("\x85\x00", 2) + octet + body, 1},
        {"old, four bytes", std::string("\x86\x00\x00\x00", 4) + octet + body, 1},
        {"old, to the end", "\x87" + body, 0},
        {"new, one byte", "\xc1" + octet + body, 1},
        {"new, two bytes", std::string("\xc1\xc0\x00", 3) + body + std::string(182, 'x'), 1},
        {"new, five bytes", std::string("\xc1\xff\x00\x00\x00", 5) + octet + body, 1},
        {"new, partial", "\xc1\xe1" + body, 0},
        {"two", "\xc1" + octet + body + "\x84" + octet + body, 2},
        {"another tag behind", "\xc1" + octet + body + "\xd2" + octet + body, 1},
        {"another version", "\xc1" + octet + "\x06" + body.substr(1), 0},
        {"cut off", "\xc1" + octet + body.substr(2), 0},
        {"no packet", "hello", 0},
        {"empty", "", 0},
    };
    for (const auto& test : cases) {
        const auto recipients = sops::recipients_of(test.bytes);
        EXPECT_EQ(recipients.size(), test.count) << test.name;
        for (const std::uint64_t id : recipients) {
            EXPECT_EQ(id, 0x3132333435363738U) << test.name;
        }
    }
}

}  // namespace
