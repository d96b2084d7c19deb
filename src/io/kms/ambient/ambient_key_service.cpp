// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/ambient_key_service.hpp"

#include <utility>

#include "base/invariant.hpp"
#include "io/kms/ambient/aws_kms.hpp"
#include "io/kms/ambient/azure_vault.hpp"
#include "io/kms/ambient/gcp_kms.hpp"
#include "io/kms/ambient/surroundings.hpp"
#include "io/kms/ambient/vault_transit.hpp"

namespace kms_ambient {

namespace {

using base::Secret;
using base::Task;

Task<Secret> unsupported(std::string message) {
    co_return base::Error{base::ErrorCode::kUnsupported, std::move(message)};
}

class AmbientKeyService final : public kms::KeyService {
public:
    AmbientKeyService(base::Executor executor, const base::Clock& clock, kms::AmbientOptions options)
        : surroundings_(std::move(executor), clock, std::move(options)),
          aws_(surroundings_),
          gcp_(surroundings_),
          azure_(surroundings_),
          vault_(surroundings_) {}

    Task<Secret> decrypt(sops::MasterKey key) override {
        return std::visit([this](auto& held) { return open(std::move(held)); }, key);
    }

private:
    // Nobody's key service holds the private half of these.
    Task<Secret> open(const sops::AgeKey&) { return unsupported("age keys are no key service's"); }
    Task<Secret> open(const sops::PgpKey&) { return unsupported("OpenPGP keys are no key service's"); }
    Task<Secret> open(sops::AwsKmsKey key) { return aws_.decrypt(std::move(key)); }
    Task<Secret> open(sops::GcpKmsKey key) { return gcp_.decrypt(std::move(key)); }
    Task<Secret> open(sops::AzureKey key) { return azure_.decrypt(std::move(key)); }
    Task<Secret> open(sops::VaultKey key) { return vault_.decrypt(std::move(key)); }

    Surroundings surroundings_;
    AwsKms aws_;
    GcpKms gcp_;
    AzureVault azure_;
    VaultTransit vault_;
};

}  // namespace

}  // namespace kms_ambient

namespace kms {

std::unique_ptr<KeyService> make_ambient_key_service(base::Executor executor, const base::Clock& clock,
                                                     AmbientOptions options) {
    base::invariant(options.environment && options.read_file && options.make_client,
                    "a key service needs environment, files and clients");
    return std::make_unique<kms_ambient::AmbientKeyService>(std::move(executor), clock, std::move(options));
}

}  // namespace kms
