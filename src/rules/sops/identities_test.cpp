// SPDX-License-Identifier: 0BSD
#include "rules/sops/identities.hpp"

#include <gtest/gtest.h>

#include "rules/sops/testing/pgp_fixtures.hpp"

namespace {

using namespace sops::testing;

std::optional<base::Secret> part(std::string text) { return base::Secret(std::move(text)); }

std::vector<std::optional<base::Secret>> parts(std::initializer_list<const char*> texts) {
    std::vector<std::optional<base::Secret>> made;
    for (const char* const text : texts) {
        made.push_back(text == nullptr ? std::nullopt : part(text));
    }
    return made;
}

TEST(Identities, EntriesOfOtherNamesAreIgnored) {
    std::map<std::string, base::Secret> data;
    data.emplace("agekey", base::Secret("no key"));
    data.emplace("key.agekey.bak", base::Secret("no key"));
    const auto identities = sops::Identities::parse(data);
    ASSERT_TRUE(identities.has_value());
    EXPECT_EQ(identities
                  ->unwrap(sops::AgeKey{.recipient = "",
                                        .enc = "age-encryption.org/v1\n--- " + std::string(43, 'A') + "\n"})
                  .error()
                  .code,
              base::ErrorCode::kNotFound);
    EXPECT_EQ(identities->unwrap(sops::PgpKey{.fingerprint = "", .enc = message(kForAlpha)}).error().code,
              base::ErrorCode::kNotFound);
    EXPECT_EQ(identities->unwrap(sops::VaultKey{}).error().code, base::ErrorCode::kNotFound);
}

TEST(Identities, ABadEntryIsNamed) {
    std::map<std::string, base::Secret> data;
    data.emplace("team.agekey", base::Secret("# key\nhunter2\n"));
    EXPECT_EQ(sops::Identities::parse(data).error().text(),
              "team.agekey: line 2: it is no age identity of the form AGE-SECRET-KEY-1…");
}

TEST(Identities, CombinesAsManyPartsAsAreNeeded) {
    // Shares of "\x42" on the line 0x42 ^ x.
    constexpr const char* kOne = "\x43\x01";
    constexpr const char* kTwo = "\x45\x07";
    const struct {
        const char* name;
        std::vector<std::optional<base::Secret>> parts;
        int threshold;
        const char* key;  // nullptr when it fails
    } cases[] = {
        {"one group", parts({"key"}), 0, "key"},
        {"one group, any threshold", parts({"key"}), 5, "key"},
        {"one group, closed", parts({nullptr}), 0, nullptr},
        {"no group", parts({}), 0, nullptr},
        {"all of two", parts({kOne, kTwo}), 0, "\x42"},
        {"two of three", parts({kOne, nullptr, kTwo}), 2, "\x42"},
        {"two of three, all needed", parts({kOne, nullptr, kTwo}), 0, nullptr},
        {"too few", parts({kOne, nullptr, nullptr}), 2, nullptr},
        {"a threshold of one is none", parts({kOne, nullptr}), 1, nullptr},
    };
    for (const auto& test : cases) {
        const auto key = sops::combine(test.parts, test.threshold);
        ASSERT_EQ(key.has_value(), test.key != nullptr) << test.name;
        if (key) {
            EXPECT_EQ(key->reveal(), test.key) << test.name;
        } else {
            EXPECT_EQ(key.error().code, base::ErrorCode::kInvalid) << test.name;
        }
    }
}

TEST(Identities, FindsTheDataKeyByAnyKeyOfAGroup) {
    std::map<std::string, base::Secret> data;
    data.emplace("team.asc", base::Secret(private_key(kAlpha)));
    const auto identities = sops::Identities::parse(data).value();
    sops::Metadata metadata;
    metadata.groups.push_back({{sops::AgeKey{.recipient = "", .enc = "broken"}, sops::VaultKey{},
                                sops::PgpKey{.fingerprint = "", .enc = message(kForAlpha)}}});
    const auto key = sops::find_data_key(metadata, identities);
    ASSERT_TRUE(key.has_value()) << key.error().text();
    EXPECT_EQ(key->reveal(), kContent);
    metadata.groups.front().keys.pop_back();
    EXPECT_NE(sops::find_data_key(metadata, identities).error().text().find("no key at hand"),
              std::string::npos);
}

}  // namespace
