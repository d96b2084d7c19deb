// SPDX-License-Identifier: 0BSD
#include "engine/decrypt/service_keys.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/testing/run.hpp"
#include "engine/decrypt/testing/samples.hpp"

namespace decrypt {
namespace {

using base::ErrorCode;

// Answers by the name of the transit key.
class VaultDouble final : public kms::KeyService {
public:
    base::Task<base::Secret> decrypt(sops::MasterKey key) override {
        const auto* vault = std::get_if<sops::VaultKey>(&key);
        if (vault == nullptr) {
            co_return base::Error{ErrorCode::kUnsupported, "not a key of a service"};
        }
        asked.push_back(vault->key_name);
        if (const auto failure = failures.find(vault->key_name); failure != failures.end()) {
            co_return base::Error{failure->second, vault->key_name + " failed"};
        }
        co_return testing::data_key()->clone();
    }

    std::map<std::string, ErrorCode> failures;
    std::vector<std::string> asked;
};

sops::Metadata one_group(std::vector<std::string> key_names) {
    sops::Metadata metadata;
    metadata.groups.emplace_back();
    metadata.groups[0].keys.emplace_back(sops::AgeKey{"age1other", "not readable"});
    for (std::string& name : key_names) {
        metadata.groups[0].keys.emplace_back(
            sops::VaultKey{"https://vault", "sops", std::move(name), "vault:v1:x"});
    }
    return metadata;
}

class ServiceKeys : public ::testing::Test {
protected:
    base::Result<DataKeys> open(std::vector<WantedKey> wanted) {
        return base::testing::run_task(
            loop, open_with_services(services, std::make_shared<const Keys>(), std::move(wanted), {}));
    }
    boost::asio::io_context loop;
    VaultDouble services;
};

TEST_F(ServiceKeys, TheFirstKeyThatOpensIsTaken) {
    services.failures = {{"first", ErrorCode::kForbidden}};
    const auto known = open({{"a.yaml", one_group({"first", "second", "third"})}});
    ASSERT_TRUE(known) << known.error().text();
    EXPECT_EQ(known->at("a.yaml")->reveal(), testing::data_key()->reveal());
    EXPECT_EQ(services.asked, (std::vector<std::string>{"first", "second"}));
}

TEST_F(ServiceKeys, OnlyTheFirstFileHasToOpen) {
    services.failures = {{"bad", ErrorCode::kForbidden}};
    const auto known = open({{"a.yaml", one_group({"good"})}, {"b.yaml", one_group({"bad"})}});
    ASSERT_TRUE(known);
    EXPECT_EQ(known->size(), 1U);
    const auto failed = open({{"b.yaml", one_group({"bad"})}, {"a.yaml", one_group({"good"})}});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().text(), "file \"b.yaml\": bad failed");
}

TEST_F(ServiceKeys, WhatMayPassDecidesWhenToTryAgain) {
    services.failures = {{"denied", ErrorCode::kForbidden}, {"away", ErrorCode::kUnavailable}};
    EXPECT_EQ(open({{"a", one_group({"denied", "away"})}}).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(open({{"a", one_group({"away", "denied"})}}).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(open({{"a", one_group({"denied"})}}).error().code, ErrorCode::kForbidden);
    EXPECT_EQ(open({{"a", one_group({})}}).error().code, ErrorCode::kInvalid);
}

TEST_F(ServiceKeys, CancellationPassesThrough) {
    services.failures = {{"first", ErrorCode::kCancelled}};
    EXPECT_EQ(open({{"a", one_group({"first", "second"})}}).error().code, ErrorCode::kCancelled);
    EXPECT_EQ(services.asked.size(), 1U);
}

}  // namespace
}  // namespace decrypt
