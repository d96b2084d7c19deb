// SPDX-License-Identifier: 0BSD
#include "rules/sops/metadata_read.hpp"

#include <gtest/gtest.h>

#include "model/json.hpp"

namespace {

model::Object object(const std::string& json) { return model::parse_json(json, "test").value().get_object(); }

// A block with what each needs, and `more`.
model::Object block(const std::string& more) {
    model::Object made =
        object(R"({"lastmodified": "2026-01-02T03:04:05Z", "version": "3.13.3", "age": [{"enc": "x"}]})");
    for (const auto& entry : object("{" + more + "}")) {
        made[entry.key()] = entry.value();
    }
    return made;
}

TEST(MetadataRead, ReadsKeysOfAllKinds) {
    const auto metadata = sops::read_metadata(block(R"("mac": "m",
        "age": [{"recipient": "r", "enc": "1"}], "pgp": [{"fp": "f", "enc": "2"}],
        "kms": [{"arn": "a", "role": "o", "context": {"k": "v"}, "aws_profile": "p", "enc": "3"}],
        "gcp_kms": [{"resource_id": "i", "enc": "4"}],
        "azure_kv": [{"vault_url": "u", "name": "n", "version": "v", "enc": "5"}],
        "hc_vault": [{"vault_address": "d", "engine_path": "e", "key_name": "k", "enc": "6"}])"));
    ASSERT_TRUE(metadata.has_value()) << metadata.error().text();
    EXPECT_EQ(metadata->mac, "m");
    EXPECT_EQ(metadata->selectors.unencrypted_suffix, "_unencrypted");
    ASSERT_EQ(metadata->groups.size(), 1U);
    const auto& keys = metadata->groups.front().keys;
    ASSERT_EQ(keys.size(), 6U);
    EXPECT_EQ(std::get<sops::AgeKey>(keys[0]).recipient, "r");
    EXPECT_EQ(std::get<sops::PgpKey>(keys[1]).fingerprint, "f");
    const auto& aws = std::get<sops::AwsKmsKey>(keys[2]);
    EXPECT_EQ(aws.arn + aws.role + aws.context.at("k") + aws.profile + aws.enc, "aovp3");
    EXPECT_EQ(std::get<sops::GcpKmsKey>(keys[3]).resource_id, "i");
    const auto& azure = std::get<sops::AzureKey>(keys[4]);
    EXPECT_EQ(azure.vault_url + azure.name + azure.version + azure.enc, "unv5");
    const auto& vault = std::get<sops::VaultKey>(keys[5]);
    EXPECT_EQ(vault.address + vault.engine_path + vault.key_name + vault.enc, "dek6");
}

TEST(MetadataRead, KeepsTheTimeAsTheMacHasIt) {
    const struct {
        const char* text;
        const char* kept;
    } cases[] = {
        {"2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"},
        {"2026-01-02T03:04:05.25Z", "2026-01-02T03:04:05Z"},
        {"2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05Z"},
        {"2026-01-02T03:04:05+02:00", "2026-01-02T03:04:05+02:00"},
    };
    for (const auto& test : cases) {
        const auto metadata = sops::read_metadata(block(fmt::format(R"("lastmodified": "{}")", test.text)));
        ASSERT_TRUE(metadata.has_value()) << test.text;
        EXPECT_EQ(metadata->last_modified, test.kept);
    }
}

TEST(MetadataRead, ReadsGroupsAndRules) {
    const auto metadata = sops::read_metadata(
        block(R"("key_groups": [{"age": [{"enc": "1"}, {"enc": "2"}]}, {"pgp": [{"enc": "3"}]}],
        "shamir_threshold": "2", "mac_only_encrypted": "true", "encrypted_regex": "^data$")"));
    ASSERT_TRUE(metadata.has_value()) << metadata.error().text();
    ASSERT_EQ(metadata->groups.size(), 2U);
    EXPECT_EQ(metadata->groups[0].keys.size(), 2U);
    EXPECT_EQ(metadata->shamir_threshold, 2);
    EXPECT_TRUE(metadata->mac_only_encrypted);
    EXPECT_EQ(metadata->selectors.encrypted_regex, "^data$");
    EXPECT_EQ(metadata->selectors.unencrypted_suffix, "");
}

TEST(MetadataRead, RefusesWhatIsMissingOrTooMuch) {
    std::string keys;
    for (int index = 0; index <= 1000; ++index) {
        keys += index == 0 ? R"({"enc": "x"})" : R"(, {"enc": "x"})";
    }
    std::string groups = "{}";
    for (int index = 0; index < 255; ++index) {
        groups += ", {}";
    }
    const struct {
        const char* name;
        std::string more;
        base::ErrorCode code;
        const char* words;
    } cases[] = {
        {"no time", R"("lastmodified": "yesterday")", base::ErrorCode::kInvalid, "lastmodified"},
        {"a date", R"("lastmodified": "2026-01-02")", base::ErrorCode::kInvalid, "lastmodified"},
        {"no version", R"("version": "")", base::ErrorCode::kInvalid, "version"},
        {"no threshold", R"("shamir_threshold": "two")", base::ErrorCode::kInvalid, "shamir_threshold"},
        {"negative threshold", R"("shamir_threshold": -1)", base::ErrorCode::kInvalid, "shamir_threshold"},
        {"large threshold", R"("shamir_threshold": 256)", base::ErrorCode::kInvalid, "shamir_threshold"},
        {"no key", R"("age": [])", base::ErrorCode::kInvalid, "no key"},
        {"no key in the groups", R"("key_groups": [{"age": []}])", base::ErrorCode::kInvalid, "no key"},
        {"many keys", R"("age": [)" + keys + "]", base::ErrorCode::kLimitExceeded, "1000 keys"},
        {"many groups", R"("key_groups": [)" + groups + "]", base::ErrorCode::kLimitExceeded,
         "255 key groups"},
    };
    for (const auto& test : cases) {
        const auto metadata = sops::read_metadata(block(test.more));
        ASSERT_FALSE(metadata.has_value()) << test.name;
        EXPECT_EQ(metadata.error().code, test.code) << test.name;
        EXPECT_NE(metadata.error().text().find(test.words), std::string::npos) << metadata.error().text();
    }
}

TEST(MetadataRead, PutsFlatNamesTogether) {
    const auto made = sops::unflatten({{"age__list_0__map_enc", "x"},
                                       {"age__list_1__map_enc", "y"},
                                       {"key_groups__list_0__map_kms__list_0__map_context__map_a", "z"},
                                       {"mac", "m"}});
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(
        model::to_json(model::Value(*made)),
        R"({"age":[{"enc":"x"},{"enc":"y"}],"key_groups":[{"kms":[{"context":{"a":"z"}}]}],"mac":"m"})");
}

TEST(MetadataRead, RefusesFlatNamesThatMakeNoTree) {
    const std::map<std::string, std::string> cases[] = {
        {{"a", "x"}, {"a__map_b", "y"}},
        {{"a__list_0", "x"}, {"a__map_b", "y"}},
        {{"a__list_1001", "x"}},
        {{"a__list_1", "x"}},
        {{"a__list_0__map_b", "x"}, {"a__list_2__map_b", "y"}},
        {{"a__list_x", "x"}},
        {{"a__list_-1", "x"}},
        {{"a__map_a__map_a__map_a__map_a__map_a__map_a__map_a__map_a", "x"}},
    };
    for (const auto& entries : cases) {
        const auto made = sops::unflatten(entries);
        ASSERT_FALSE(made.has_value()) << entries.begin()->first;
        EXPECT_EQ(made.error().code, base::ErrorCode::kInvalid) << entries.begin()->first;
    }
}

}  // namespace
