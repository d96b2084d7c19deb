// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/azure_credentials.hpp"

#include <chrono>
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

constexpr auto kMetadataServer = "http://169.254.169.254";
constexpr std::string_view kMetadataVersion = "2018-02-01";
// It is as near as the machine itself; off Azure nobody answers there, and each key that is tried would wait.
constexpr base::Duration kMetadataExchangeMax = std::chrono::seconds(5);

// "https://vault.azure.net" of "https://vault.azure.net/.default": the metadata server takes the older form.
std::string_view resource_of(std::string_view scope) { return scope.substr(0, scope.rfind('/')); }

bool is_unreachable(const Error& error) {
    return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kDeadlineExceeded;
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
    if (surroundings_.secret_variable("AZURE_CLIENT_SECRET").empty() &&
        surroundings_.variable("AZURE_FEDERATED_TOKEN_FILE").empty()) {
        co_return co_await from_metadata_server(std::move(scope));
    }
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
    if (tenant.empty() || client.empty()) {
        return Error{ErrorCode::kNotFound,
                     fmt::format("no credentials for Azure: {} is not set",
                                 tenant.empty() ? "AZURE_TENANT_ID" : "AZURE_CLIENT_ID")};
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

base::Task<Issued<base::Secret>> AzureCredentials::from_metadata_server(std::string scope) {
    const auto named = surroundings_.variable("AZURE_POD_IDENTITY_AUTHORITY_HOST");
    const auto server =
        parse_endpoint(named.empty() ? kMetadataServer : named, "AZURE_POD_IDENTITY_AUTHORITY_HOST");
    if (!server) {
        co_return server.error();
    }
    const auto client_id = surroundings_.variable("AZURE_CLIENT_ID");
    Form query{{"api-version", kMetadataVersion}, {"resource", resource_of(scope)}};
    if (!client_id.empty()) {
        query.emplace_back("client_id", client_id);
    }
    http::Request request{
        .url = fmt::format("{}/metadata/identity/oauth2/token?{}", server->url(), encode_form(query)),
        .headers = {{"Metadata", "true"}},
        .timeout = kMetadataExchangeMax};
    auto& client = named.empty() ? surroundings_.metadata() : surroundings_.named_metadata();
    auto issued =
        co_await ask_for_token(surroundings_, client, std::move(request), "Azure's metadata server");
    if (!issued && is_unreachable(issued.error()) && named.empty()) {
        // Whether this machine is one of Azure's cannot be told apart from trouble.
        co_return base::wrap("neither AZURE_CLIENT_SECRET nor AZURE_FEDERATED_TOKEN_FILE is set",
                             std::move(issued.error()));
    }
    co_return issued;
}

}  // namespace kms_ambient
