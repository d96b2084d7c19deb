// SPDX-License-Identifier: 0BSD
#include "engine/decrypt/decrypting_files.hpp"

#include <gtest/gtest.h>

#include "engine/decrypt/testing/samples.hpp"

namespace decrypt {
namespace {

using testing::keys_with;
using testing::MapFiles;

TEST(DecryptingFiles, DecryptsWhatIsReadAndNothingElse) {
    const MapFiles files(
        {{"a.yaml", testing::kEncrypted}, {"plain.yaml", "sops: no\n"}, {"b.yaml", "broken"}});
    const auto keys = keys_with(testing::kIdentity);
    const DataKeys none;
    const DecryptingFiles plain(files, *keys, none);
    EXPECT_EQ(plain.read("a.yaml"), testing::kPlain);
    EXPECT_EQ(plain.read("a.yaml"), testing::kPlain) << "the bytes live as long as the files";
    EXPECT_EQ(plain.read("plain.yaml"), "sops: no\n");
    EXPECT_EQ(plain.read("missing.yaml"), std::nullopt);
    EXPECT_EQ(plain.failure(), std::nullopt);
    EXPECT_TRUE(plain.is_directory(""));
    EXPECT_EQ(plain.children("").size(), 3U);
}

TEST(DecryptingFiles, WhatCannotBeOpenedIsNotThereAndIsTold) {
    const MapFiles files({{"d/a.yaml", testing::kEncrypted}});
    const Keys no_keys;
    const DataKeys none;
    const DecryptingFiles locked(files, no_keys, none);
    EXPECT_EQ(locked.read("d/a.yaml"), std::nullopt);
    ASSERT_TRUE(locked.failure());
    EXPECT_EQ(locked.failure()->code, base::ErrorCode::kInvalid);
    EXPECT_TRUE(locked.failure()->text().starts_with("file \"d/a.yaml\": no key at hand opens the file"));
    EXPECT_TRUE(locked.wanted().empty()) << "no key service could help";
}

TEST(DecryptingFiles, WantsTheKeysOfADirectoryThatServicesHold) {
    const std::string served = testing::behind_vault(testing::kEncrypted);
    const MapFiles files({{"d/a.yaml", served},
                          {"d/age.yaml", testing::kEncrypted},
                          {"d/b.yaml", served},
                          {"d/e/c.yaml", served},
                          {"f.yaml", served}});
    const auto keys = keys_with(testing::kIdentity);
    DataKeys data_keys;
    const DecryptingFiles locked(files, *keys, data_keys);
    EXPECT_EQ(locked.read("d/b.yaml"), std::nullopt);
    ASSERT_EQ(locked.wanted().size(), 2U);
    EXPECT_EQ(locked.wanted()[0].path, "d/b.yaml") << "the one that was needed is the first";
    EXPECT_EQ(locked.wanted()[1].path, "d/a.yaml");

    data_keys["d/b.yaml"] = testing::data_key();
    const DecryptingFiles open(files, *keys, data_keys);
    EXPECT_EQ(open.read("d/b.yaml"), testing::kPlain);
    EXPECT_EQ(open.failure(), std::nullopt);
}

TEST(DecryptingFiles, AChangedFileIsNoFile) {
    std::string changed = testing::kEncrypted;
    changed.replace(changed.find("name: db"), 8, "name: ev");
    const MapFiles files({{"a.yaml", changed}});
    const auto keys = keys_with(testing::kIdentity);
    const DataKeys none;
    const DecryptingFiles locked(files, *keys, none);
    EXPECT_EQ(locked.read("a.yaml"), std::nullopt);
    ASSERT_TRUE(locked.failure());
    EXPECT_EQ(locked.failure()->text().find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace decrypt
