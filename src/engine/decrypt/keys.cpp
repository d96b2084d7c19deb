// SPDX-License-Identifier: 0BSD
#include "engine/decrypt/keys.hpp"

#include <utility>

#include <fmt/format.h>

#include "io/kube/secret_data.hpp"

namespace decrypt {

namespace {

constexpr std::string_view kPgpKeyBegin = "-----BEGIN PGP PRIVATE KEY BLOCK-----";
constexpr const char* kPgpSuffix = ".asc";
constexpr const char* kAgeSuffix = ".agekey";

}  // namespace

base::Task<std::shared_ptr<const Keys>> read_keys(kube::Client& client, std::string ns,
                                                  model::Decryption decryption) {
    auto keys = std::make_shared<Keys>();
    if (!decryption.secret_name) {
        co_return keys;
    }
    const std::string what =
        fmt::format("Secret {}/{}, named by spec.decryption.secretRef", ns, *decryption.secret_name);
    auto secret = co_await client.get({{"", "v1", "Secret"}, ns, *decryption.secret_name});
    if (!secret) {
        co_return secret.error().code == base::ErrorCode::kCancelled ? secret.error()
                                                                     : base::wrap(what, secret.error());
    }
    const auto data = kube::secret_data(*secret);
    if (!data) {
        co_return base::wrap(what, data.error());
    }
    auto identities = sops::Identities::parse(*data);
    if (!identities) {
        co_return base::wrap(what, identities.error());
    }
    keys->identities = std::move(*identities);
    keys->version = fmt::format("{} {}", model::uid_of(*secret), model::resource_version_of(*secret));
    co_return keys;
}

base::Result<std::shared_ptr<const Keys>> parse_key_files(std::map<std::string, base::Secret> files) {
    // A Secret's entries tell their kind by the suffix; files are called as users like.
    std::map<std::string, base::Secret> entries;
    for (auto& [name, text] : files) {
        const bool pgp = text.reveal().find(kPgpKeyBegin) != std::string_view::npos;
        entries.emplace(name + (pgp ? kPgpSuffix : kAgeSuffix), std::move(text));
    }
    auto identities = sops::Identities::parse(entries);
    if (!identities) {
        return identities.error();
    }
    auto keys = std::make_shared<Keys>();
    keys->identities = std::move(*identities);
    return keys;
}

}  // namespace decrypt
