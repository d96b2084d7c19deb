// SPDX-License-Identifier: 0BSD
#include "engine/render/encrypted.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/testing/run.hpp"
#include "engine/decrypt/testing/samples.hpp"

namespace render {
namespace {

using decrypt::testing::behind_vault;
using decrypt::testing::kEncrypted;
using decrypt::testing::kIdentity;
using decrypt::testing::MapFiles;

// A key service that opens every key, or fails with `failure`.
class VaultDouble final : public kms::KeyService {
public:
    base::Task<base::Secret> decrypt(sops::MasterKey) override {
        ++asked;
        if (failure) {
            co_return *failure;
        }
        co_return decrypt::testing::data_key()->clone();
    }
    int asked = 0;
    std::optional<base::Error> failure;
};

base::Task<Attempt> attempt(const MapFiles& files, std::shared_ptr<const decrypt::Keys> keys,
                            decrypt::DataKeys data_keys) {
    co_return attempt_stage(files, {}, keys.get(), data_keys);
}

class Encrypted : public ::testing::Test {
protected:
    base::Result<Outcome> render(const MapFiles& files, const std::string& identity,
                                 kms::KeyService* services = nullptr) {
        auto keys = identity.empty() ? std::make_shared<const decrypt::Keys>()
                                     : decrypt::testing::keys_with(identity);
        const auto next = [&files, keys, this](decrypt::DataKeys data_keys) {
            ++attempts;
            return attempt(files, keys, std::move(data_keys));
        };
        return base::testing::run_task(loop, render_with_services(next, services, keys));
    }
    boost::asio::io_context loop;
    int attempts = 0;
};

std::string value_of(const Outcome& outcome) {
    return std::string(model::find_string(outcome.rendered->objects.at(0), {"data", "password"}));
}

TEST_F(Encrypted, WithTheKeyItRendersWhatIsInside) {
    const auto outcome = render(MapFiles({{"a.yaml", kEncrypted}}), kIdentity);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_EQ(value_of(*outcome), "aHVudGVyMg==");
}

TEST_F(Encrypted, WithoutKeyItIsLockedAndNothingIsRendered) {
    const auto outcome = render(MapFiles({{"a.yaml", kEncrypted}}), "");
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->rendered, nullptr);
    ASSERT_TRUE(outcome->locked);
    EXPECT_TRUE(outcome->locked->text().starts_with("file \"a.yaml\": "));
}

TEST_F(Encrypted, ThatKeyServicesAreOffIsTold) {
    const auto outcome = render(MapFiles({{"a.yaml", behind_vault(kEncrypted)}}), "");
    ASSERT_TRUE(outcome);
    ASSERT_TRUE(outcome->locked);
    EXPECT_TRUE(outcome->locked->text().contains("--decryption-ambient-credentials"))
        << outcome->locked->text();
}

TEST_F(Encrypted, OtherFaultsStayThose) {
    EXPECT_EQ(render(MapFiles({{"a.yaml", "a: [\n"}}), kIdentity).error().code, base::ErrorCode::kInvalid);
}

TEST_F(Encrypted, AServiceIsAskedOnceForTheFilesOfADirectory) {
    const std::string served = behind_vault(kEncrypted);
    VaultDouble services;
    const MapFiles files(
        {{"kustomization.yaml", "secretGenerator: [{name: s, files: [d/a.yaml, d/b.yaml, e/c.yaml]}]\n"},
         {"d/a.yaml", served},
         {"d/b.yaml", served},
         {"e/c.yaml", served},
         {"unused.yaml", served}});
    const auto outcome = render(files, "", &services);
    ASSERT_TRUE(outcome) << outcome.error().text();
    ASSERT_TRUE(outcome->rendered) << outcome->locked->text();
    EXPECT_EQ(services.asked, 3) << "what the build does not read is not asked for";
    EXPECT_EQ(attempts, 3) << "one more than directories";
}

TEST_F(Encrypted, AServiceThatFailsIsTold) {
    VaultDouble services;
    services.failure = base::Error{base::ErrorCode::kUnavailable, "Vault does not answer"};
    const auto outcome = render(MapFiles({{"a.yaml", behind_vault(kEncrypted)}}), "", &services);
    ASSERT_TRUE(outcome);
    ASSERT_TRUE(outcome->locked);
    EXPECT_EQ(outcome->locked->code, base::ErrorCode::kUnavailable);
    EXPECT_EQ(outcome->locked->text(), "file \"a.yaml\": Vault does not answer");
}

}  // namespace
}  // namespace render
