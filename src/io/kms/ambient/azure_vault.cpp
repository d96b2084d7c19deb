// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/azure_vault.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "io/kms/ambient/secret_json.hpp"
#include "io/kms/ambient/service_call.hpp"
#include "io/kms/ambient/text.hpp"
#include "io/kms/ambient/token_call.hpp"
#include "model/json.hpp"

namespace kms_ambient {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kService = "Azure Key Vault";
constexpr auto kApiVersion = "7.4";
// The longest that an RSA key of 4096 bits locks to has 683 characters.
constexpr std::size_t kCiphertextCharactersMax = 1024;

// Each of the clouds' domains for vaults; tokens are scoped to the domain.
constexpr std::array<std::string_view, 6> kDomains = {
    "vault.azure.net",      "vault.azure.cn",      "vault.usgovcloudapi.net",
    "managedhsm.azure.net", "managedhsm.azure.cn", "managedhsm.usgovcloudapi.net"};

std::string scope_of(std::string_view domain) { return fmt::format("https://{}/.default", domain); }

// The domain of "label.domain", or empty.
std::string_view domain_of(std::string_view host) {
    const auto dot = host.find('.');
    const auto rest = dot == std::string_view::npos ? std::string_view() : host.substr(dot + 1);
    return dot != 0 && std::ranges::find(kDomains, rest) != kDomains.end() ? rest : std::string_view();
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(' ');
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

bool is_listed(const Endpoint& vault, std::string_view urls) {
    while (!urls.empty()) {
        const auto comma = urls.find(',');
        const auto listed = parse_endpoint(trimmed(urls.substr(0, comma)), "the list");
        if (listed && listed->same_origin(vault)) {
            return true;
        }
        urls.remove_prefix(comma == std::string_view::npos ? urls.size() : comma + 1);
    }
    return false;
}

bool is_ciphertext(std::string_view text) {
    return !text.empty() && text.size() <= kCiphertextCharactersMax && decode_base64url(text).has_value();
}

}  // namespace

base::Result<AzureVaultPlace> azure_vault_place(std::string_view url, std::string_view allowed) {
    auto vault = parse_endpoint(url, "the key's vault");
    if (!vault) {
        return std::move(vault.error());
    }
    if (!vault->path.empty()) {
        return Error{ErrorCode::kInvalid, "the key's vault has a path"};
    }
    const auto domain = domain_of(vault->host);
    if (is_listed(*vault, allowed)) {
        const auto scope = scope_of(domain.empty() ? kDomains.front() : domain);
        return AzureVaultPlace{std::move(*vault), scope};
    }
    if (domain.empty() || vault->scheme != "https" || vault->port != 443) {
        return Error{ErrorCode::kForbidden,
                     "the key's vault is none of Azure's, nor listed in STAGESET_AZURE_VAULT_URLS"};
    }
    return AzureVaultPlace{std::move(*vault), scope_of(domain)};
}

base::Task<base::Secret> AzureVault::decrypt(sops::AzureKey key) {
    const auto place = azure_vault_place(key.vault_url, surroundings_.variable("STAGESET_AZURE_VAULT_URLS"));
    if (!place) {
        co_return place.error();
    }
    if (!is_plain_segment(key.name) || !is_plain_segment(key.version)) {
        co_return Error{ErrorCode::kInvalid, "the key's name or version in Azure Key Vault is malformed"};
    }
    if (!is_ciphertext(key.enc)) {
        co_return Error{ErrorCode::kInvalid, "the key's text is not one of Azure Key Vault"};
    }
    const auto token = co_await credentials_.token(place->scope);
    if (!token) {
        co_return token.error();
    }
    auto request = json_post(fmt::format("{}/keys/{}/{}/decrypt?api-version={}", place->endpoint.url(),
                                         key.name, key.version, kApiVersion),
                             model::to_json(model::Object{{"alg", "RSA-OAEP-256"}, {"value", key.enc}}));
    const auto answer = co_await call_with_token(surroundings_.outside(), credentials_, *token,
                                                 std::move(request), std::string(kService));
    if (!answer) {
        co_return answer.error();
    }
    const auto body = parse_secret_json(answer->reveal());
    auto bytes = decode_base64url(model::find_string(body, {"value"}));
    if (!bytes || bytes->empty()) {
        co_return malformed_answer(kService);
    }
    co_return base::Secret(std::move(*bytes));
}

}  // namespace kms_ambient
