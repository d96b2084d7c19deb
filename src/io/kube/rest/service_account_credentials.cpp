// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/service_account_credentials.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/single_flight.hpp"

namespace kube {

namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ErrorCode;

constexpr std::int64_t kTokenLifeSeconds = 3600;
// The server refuses to make tokens of less than ten minutes, so a new one is always fresh.
constexpr base::Duration kTokenRemainingMin = 5min;
// Of one token, however long those who wait for it may wait.
constexpr std::chrono::seconds kMintMax = 30s;

class ServiceAccountCredentials final : public Credentials {
public:
    ServiceAccountCredentials(Client& client, std::string ns, std::string name, base::Clock& clock,
                              base::Executor executor)
        : client_(client),
          ns_(std::move(ns)),
          name_(std::move(name)),
          clock_(clock),
          flight_(std::move(executor)) {}

    base::Task<CredentialPtr> current() override {
        if (credential_ == nullptr || clock_.now() + kTokenRemainingMin >= expires_) {
            if (auto minted = co_await flight_.run([this] { return mint(); }); !minted) {
                co_return minted.error();
            }
            co_return minted_;
        }
        co_return credential_;
    }

    void refused(const CredentialPtr& credential) override {
        if (credential == credential_) {
            credential_.reset();
            ++refusal_count_;
        }
    }

private:
    base::Task<void> mint() {
        Value request = model::Object{
            {"apiVersion", "authentication.k8s.io/v1"},
            {"kind", "TokenRequest"},
            {"metadata", model::Object{{"namespace", ns_}, {"name", name_}}},
            {"spec", model::Object{{"expirationSeconds", kTokenLifeSeconds}}},
        };
        WriteOptions options;
        options.subresource = "token";
        options.limit = kMintMax;
        const std::uint64_t refusal_count = refusal_count_;
        auto answer = co_await client_.create(std::move(request), std::move(options));
        if (!answer && answer.error().code == ErrorCode::kCancelled) {
            co_return answer.error();
        }
        const auto what = fmt::format("mint a token for service account {}/{}", ns_, name_);
        if (!answer) {
            co_return base::wrap(what, std::move(answer.error()));
        }
        const auto token = model::find_string(*answer, {"status", "token"});
        const auto expires =
            base::parse_rfc3339(model::find_string(*answer, {"status", "expirationTimestamp"}));
        if (token.empty() || !expires) {
            co_return Error{ErrorCode::kUnavailable, what + ": the server answered without token or expiry"};
        }
        minted_ = std::make_shared<const Credential>(bearer_credential(base::Secret(std::string(token))));
        // A token that was refused meanwhile means that the account is another one by now, perhaps later than this token:
        // it serves those who wait, and the next one asks anew.
        credential_ = refusal_count == refusal_count_ ? minted_ : nullptr;
        expires_ = *expires;
        co_return base::Result<void>{};
    }

    Client& client_;
    std::string ns_;
    std::string name_;
    base::Clock& clock_;
    base::SingleFlight flight_;
    CredentialPtr minted_;      // the last one
    CredentialPtr credential_;  // the one to use, or nullptr
    std::uint64_t refusal_count_ = 0;
    base::WallTime expires_{};
};

}  // namespace

std::shared_ptr<Credentials> service_account_credentials(Client& client, std::string ns, std::string name,
                                                         base::Clock& clock, base::Executor executor) {
    return std::make_shared<ServiceAccountCredentials>(client, std::move(ns), std::move(name), clock,
                                                       std::move(executor));
}

}  // namespace kube
