// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/azure_credentials.hpp"

#include <utility>

#include <fmt/format.h>

#include "io/kms/ambient/endpoint.hpp"
#include "io/kms/ambient/service_call.hpp"
#include "io/kms/ambient/text.hpp"

namespace kms_ambient {

namespace {

using base::Error;
using base::ErrorCode;

constexpr auto kPublicAuthority = "https://login.microsoftonline.com";
constexpr std::string_view kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

Error missing(std::string_view what) {
    return {ErrorCode::kNotFound, fmt::format("no credentials for Azure: {} not set", what)};
}

}  // namespace

base::Task<TokenPtr> AzureCredentials::token(std::string scope) {
    auto& cache = caches_.try_emplace(scope, surroundings_.executor(), surroundings_.clock()).first->second;
    return cache.get([this, scope = std::move(scope)] { return issue(scope); });
}

void AzureCredentials::refused(const TokenPtr& token) {
    for (auto& [scope, cache] : caches_) {
        cache.refused(token);
    }
}

base::Task<Issued<base::Secret>> AzureCredentials::issue(std::string scope) {
    auto request = this->request(scope);
    if (!request) {
        co_return request.error();
    }
    co_return co_await ask_for_token(surroundings_, surroundings_.outside(), std::move(*request),
                                     "Microsoft Entra ID");
}

base::Result<http::Request> AzureCredentials::request(const std::string& scope) const {
    const auto tenant = surroundings_.variable("AZURE_TENANT_ID");
    const auto client = surroundings_.variable("AZURE_CLIENT_ID");
    const auto secret = surroundings_.secret_variable("AZURE_CLIENT_SECRET");
    const auto token_file = surroundings_.variable("AZURE_FEDERATED_TOKEN_FILE");
    if (tenant.empty() || client.empty()) {
        return missing(tenant.empty() ? "AZURE_TENANT_ID is" : "AZURE_CLIENT_ID is");
    }
    if (secret.empty() && token_file.empty()) {
        return missing("AZURE_FEDERATED_TOKEN_FILE and AZURE_CLIENT_SECRET are");
    }
    if (!is_plain_segment(tenant)) {
        return Error{ErrorCode::kInvalid, "AZURE_TENANT_ID is no tenant"};
    }
    const auto named = surroundings_.variable("AZURE_AUTHORITY_HOST");
    const auto authority = parse_endpoint(named.empty() ? kPublicAuthority : named, "AZURE_AUTHORITY_HOST");
    if (!authority) {
        return authority.error();
    }
    const auto url = fmt::format("{}/{}/oauth2/v2.0/token", authority->url(), tenant);
    Form form{{"grant_type", "client_credentials"}, {"client_id", client}, {"scope", scope}};
    if (!secret.empty()) {
        form.emplace_back("client_secret", secret.reveal());
        return form_post(url, encode_form(form));
    }
    const auto assertion = surroundings_.read_token_of("AZURE_FEDERATED_TOKEN_FILE");
    if (!assertion) {
        return assertion.error();
    }
    form.emplace_back("client_assertion_type", kAssertionType);
    form.emplace_back("client_assertion", assertion->reveal());
    return form_post(url, encode_form(form));
}

}  // namespace kms_ambient
