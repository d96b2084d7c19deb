// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/gcp_credentials.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "io/kms/ambient/endpoint.hpp"
#include "io/kms/ambient/jwt.hpp"
#include "io/kms/ambient/secret_json.hpp"
#include "io/kms/ambient/service_call.hpp"
#include "io/kms/ambient/text.hpp"

namespace kms_ambient {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kScope = "https://www.googleapis.com/auth/cloudkms";
constexpr std::string_view kGrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";
constexpr auto kTokenServer = "https://oauth2.googleapis.com/token";
constexpr std::int64_t kAssertionLifeSeconds = 3600;  // the longest that Google takes
constexpr auto kMetadataPath = "/computeMetadata/v1/instance/service-accounts/default/token";

std::string_view trimmed_front(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

// Why credentials of another kind than a service account's key are not taken.
Error other_kind(std::string_view where, std::string_view type) {
    if (error_word(type).empty()) {
        return {ErrorCode::kInvalid, fmt::format("{} holds no credentials of Google", where)};
    }
    return {ErrorCode::kUnsupported,
            fmt::format("{} holds credentials of type {}, which is not supported: only service_account is",
                        where, type)};
}

}  // namespace

base::Task<TokenPtr> GcpCredentials::token() {
    return cache_.get([this] { return issue(); });
}

base::Task<Issued<base::Secret>> GcpCredentials::issue() {
    const auto file = key_file();
    if (!file) {
        co_return file.error();
    }
    if (file->where.empty()) {
        co_return co_await from_metadata_server();
    }
    auto request = grant(*file);
    if (!request) {
        co_return request.error();
    }
    co_return co_await ask_for_token(surroundings_, surroundings_.outside(), std::move(*request),
                                     "Google's token server");
}

base::Result<GcpCredentials::KeyFile> GcpCredentials::key_file() const {
    for (const auto* const name : {"GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"}) {
        const auto value = surroundings_.secret_variable(name);
        if (value.empty()) {
            continue;
        }
        if (trimmed_front(value.reveal()).starts_with('{')) {
            return KeyFile{value.clone(), name};
        }
        auto text = surroundings_.read(std::string(value.reveal()), fmt::format("the file of {}", name));
        if (!text) {
            return std::move(text.error());
        }
        return KeyFile{std::move(*text), name};
    }
    return KeyFile{};
}

base::Result<http::Request> GcpCredentials::grant(const KeyFile& file) const {
    const auto key = parse_secret_json(file.text.reveal());
    if (const auto type = model::find_string(key, {"type"}); type != "service_account") {
        return other_kind(file.where, type);
    }
    const auto email = model::find_string(key, {"client_email"});
    const base::Secret pem(std::string(model::find_string(key, {"private_key"})));
    const auto stated = model::find_string(key, {"token_uri"});
    const auto server = parse_endpoint(stated.empty() ? kTokenServer : stated, "token_uri");
    if (email.empty() || !server) {
        return Error{ErrorCode::kInvalid, fmt::format("{} holds no key of a service account", file.where)};
    }
    const auto now =
        std::chrono::floor<std::chrono::seconds>(surroundings_.clock().now()).time_since_epoch().count();
    const model::Object claims{{"iss", email},
                               {"scope", kScope},
                               {"aud", server->url()},
                               {"iat", now},
                               {"exp", now + kAssertionLifeSeconds}};
    const auto assertion =
        signed_token(claims, std::string(model::find_string(key, {"private_key_id"})), pem);
    if (!assertion) {
        return base::wrap(file.where, assertion.error());
    }
    return form_post(server->url(),
                     encode_form({{"grant_type", kGrantType}, {"assertion", assertion->reveal()}}));
}

base::Task<Issued<base::Secret>> GcpCredentials::from_metadata_server() {
    const auto named = surroundings_.variable("GCE_METADATA_HOST");
    const auto server =
        parse_endpoint("http://" + (named.empty() ? "metadata.google.internal" : named), "GCE_METADATA_HOST");
    if (!server) {
        co_return server.error();
    }
    http::Request request{.url = server->url() + kMetadataPath, .headers = {{"Metadata-Flavor", "Google"}}};
    auto issued = co_await ask_for_token(
        surroundings_, named.empty() ? surroundings_.metadata() : surroundings_.named_metadata(),
        std::move(request), "Google's metadata server");
    if (!issued && issued.error().code == ErrorCode::kUnavailable && named.empty()) {
        // Off Google's machines its name is not known; whether this is one cannot be told apart from trouble.
        co_return base::wrap("no key of a service account is configured", std::move(issued.error()));
    }
    co_return issued;
}

}  // namespace kms_ambient
