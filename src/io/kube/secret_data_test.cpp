// SPDX-License-Identifier: 0BSD
#include "io/kube/secret_data.hpp"

#include <gtest/gtest.h>

#include "model/yaml.hpp"

namespace {

model::Value secret(const std::string& rest) {
    return model::parse_yaml_one("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n" + rest, "test")
        .value();
}

TEST(SecretData, IsDecodedByKey) {
    const auto data = kube::secret_data(secret("data: {a: Zmlyc3Q=, b: '', c: null}"));
    ASSERT_TRUE(data);
    ASSERT_EQ(data->size(), 2U);
    EXPECT_EQ(data->at("a").reveal(), "first");
    EXPECT_TRUE(data->at("b").empty());
}

TEST(SecretData, MayBeMissing) { EXPECT_TRUE(kube::secret_data(secret(""))->empty()); }

TEST(SecretData, NamesTheKeyThatIsNoBase64ButNotItsText) {
    const auto data = kube::secret_data(secret("data: {a: Zmlyc3Q=, b: '?hunter2'}"));
    ASSERT_FALSE(data);
    EXPECT_EQ(data.error().text(), "key \"b\" is no base64");
}

}  // namespace
