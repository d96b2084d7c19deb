// SPDX-License-Identifier: 0BSD
#include "engine/decrypt/keys.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"
#include "engine/decrypt/testing/samples.hpp"
#include "io/kube/testing/fake_api.hpp"

namespace decrypt {
namespace {

class ReadKeys : public ::testing::Test {
protected:
    void put(const std::string& entry, const std::string& text) {
        api.put({{"apiVersion", "v1"},
                 {"kind", "Secret"},
                 {"metadata", {{"name", "keys"}, {"namespace", "t"}}},
                 {"data", {{entry, base::encode_base64(text)}}}});
    }
    base::Result<std::shared_ptr<const Keys>> read(std::optional<std::string> name = "keys") {
        return base::testing::run_task(loop, read_keys(api, "t", {"sops", std::move(name)}));
    }

    boost::asio::io_context loop;
    base::testing::FakeClock clock{loop.get_executor()};
    kube::testing::FakeApi api{loop.get_executor(), clock};
};

TEST_F(ReadKeys, TheVersionChangesWithTheSecret) {
    put("a.agekey", testing::kIdentity);
    const auto first = read();
    ASSERT_TRUE(first) << first.error().text();
    EXPECT_EQ((*read())->version, (*first)->version);
    put("a.agekey", std::string("# changed\n") + testing::kIdentity);
    EXPECT_NE((*read())->version, (*first)->version);
    EXPECT_EQ((*first)->version.find("AGE-SECRET"), std::string::npos);
}

TEST_F(ReadKeys, WithoutASecretNothingIsRead) {
    const auto keys = read(std::nullopt);
    ASSERT_TRUE(keys);
    EXPECT_EQ((*keys)->version, "");
    EXPECT_TRUE(api.log().empty());
}

TEST_F(ReadKeys, AFaultNamesSecretAndEntryButNotItsText) {
    const auto missing = read();
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, base::ErrorCode::kNotFound);
    EXPECT_TRUE(missing.error().text().starts_with("Secret t/keys, named by spec.decryption.secretRef: "))
        << missing.error().text();
    put("a.agekey", "AGE-SECRET-KEY-1OOPS");
    const auto broken = read();
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, base::ErrorCode::kInvalid);
    EXPECT_NE(broken.error().text().find("a.agekey"), std::string::npos);
    EXPECT_EQ(broken.error().text().find("OOPS"), std::string::npos) << broken.error().text();
}

TEST(ParseKeyFiles, TakesAnAgeKeyWhateverTheFileIsCalled) {
    std::map<std::string, base::Secret> files;
    files.emplace("/home/me/key.txt", base::Secret(testing::kIdentity));
    ASSERT_TRUE(parse_key_files(std::move(files)));
    files.clear();
    files.emplace("/home/me/other.txt", base::Secret("nothing of a key"));
    const auto keys = parse_key_files(std::move(files));
    ASSERT_FALSE(keys);
    EXPECT_NE(keys.error().text().find("/home/me/other.txt"), std::string::npos) << keys.error().text();
}

}  // namespace
}  // namespace decrypt
