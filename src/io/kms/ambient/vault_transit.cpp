// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/vault_transit.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "io/kms/ambient/endpoint.hpp"
#include "io/kms/ambient/secret_json.hpp"
#include "io/kms/ambient/service_call.hpp"
#include "io/kms/ambient/text.hpp"
#include "model/json.hpp"

namespace kms_ambient {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kService = "HashiCorp Vault";
// A locked data key has some 90 characters, with an RSA key some 700.
constexpr std::size_t kCiphertextCharactersMax = 8192;
constexpr std::size_t kPathCharactersMax = 512;

// "vault:v1:<base64>"
bool is_ciphertext(std::string_view text) {
    if (text.size() > kCiphertextCharactersMax || !text.starts_with("vault:v")) {
        return false;
    }
    text.remove_prefix(std::string_view("vault:v").size());
    const auto colon = text.find(':');
    const auto version = text.substr(0, colon);
    return colon != std::string_view::npos && !version.empty() && colon + 1 < text.size() &&
           std::ranges::all_of(version, [](char c) { return c >= '0' && c <= '9'; }) &&
           std::ranges::all_of(text.substr(colon + 1), [](char c) {
               return is_letter_or_digit(c) || c == '+' || c == '/' || c == '=' || c == '-' || c == '_';
           });
}

Error not_found(std::string message) { return {ErrorCode::kNotFound, std::move(message)}; }

Error invalid(std::string message) { return {ErrorCode::kInvalid, std::move(message)}; }

Error refused(const Answer& answer) {
    // 412: a replica that has not caught up; 472, 473: a standby of another cluster. Another try may reach another server.
    if (answer.status == 412 || answer.status == 472 || answer.status == 473) {
        return refusal(ErrorCode::kUnavailable, kService, answer.status, "");
    }
    // Vault's errors are sentences, not words.
    return refusal(kService, answer.status, "");
}

}  // namespace

base::Result<base::Secret> VaultTransit::token() const {
    if (const auto token = surroundings_.secret_variable("VAULT_TOKEN"); !token.empty()) {
        return token_of(token.reveal(), "VAULT_TOKEN");
    }
    const auto home = surroundings_.variable("HOME");
    if (home.empty()) {
        return not_found("no token for HashiCorp Vault: VAULT_TOKEN is not set");
    }
    auto token = surroundings_.read_token(home + "/.vault-token", "~/.vault-token");
    if (!token && token.error().code == ErrorCode::kNotFound) {
        return not_found(
            "no token for HashiCorp Vault: VAULT_TOKEN is not set and there is no ~/.vault-token");
    }
    return token;
}

base::Result<std::string> VaultTransit::roots() const {
    const auto path = surroundings_.variable("VAULT_CACERT");
    if (path.empty()) {
        return std::string();
    }
    const auto pem = surroundings_.read(path, "the file of VAULT_CACERT");
    if (!pem) {
        return pem.error();
    }
    return std::string(pem->reveal());
}

base::Result<http::Request> VaultTransit::request(const sops::VaultKey& key) const {
    const auto address = surroundings_.variable("VAULT_ADDR");
    if (address.empty()) {
        return not_found("the address of HashiCorp Vault is not known: VAULT_ADDR is not set");
    }
    const auto own = parse_endpoint(address, "VAULT_ADDR");
    if (!own) {
        return own.error();
    }
    const auto asked = parse_endpoint(key.address, "the key's Vault address");
    if (!asked) {
        return asked.error();
    }
    if (!asked->same_origin(*own)) {
        return Error{ErrorCode::kForbidden, "the key's Vault is another one than VAULT_ADDR names"};
    }
    if (key.engine_path.size() > kPathCharactersMax || !is_plain_path(key.engine_path) ||
        !is_plain_segment(key.key_name)) {
        return invalid("the key's path in HashiCorp Vault is malformed");
    }
    if (!is_ciphertext(key.enc)) {
        return invalid("the key's text is not one of HashiCorp Vault's transit engine");
    }
    auto request = json_post(fmt::format("{}/v1/{}/decrypt/{}", own->url(), key.engine_path, key.key_name),
                             model::to_json(model::Object{{"ciphertext", key.enc}}));
    // Agents may ask for it, as a browser cannot be made to send it.
    request.headers.push_back({"X-Vault-Request", "true"});
    if (auto ns = surroundings_.variable("VAULT_NAMESPACE"); !ns.empty()) {
        request.headers.push_back({"X-Vault-Namespace", std::move(ns)});
    }
    return request;
}

base::Task<base::Secret> VaultTransit::decrypt(sops::VaultKey key) {
    auto request = this->request(key);
    if (!request) {
        co_return request.error();
    }
    auto token = this->token();
    if (!token) {
        co_return token.error();
    }
    const auto roots = this->roots();
    if (!roots) {
        co_return roots.error();
    }
    request->bearer = std::make_shared<const base::Secret>(std::move(*token));
    const auto client = surroundings_.vault(*roots);
    const auto answer = co_await call(*client, std::move(*request), std::string(kService));
    if (!answer) {
        co_return answer.error();
    }
    if (!answer->ok()) {
        co_return refused(*answer);
    }
    const auto body = parse_secret_json(answer->body.reveal());
    co_return decode_key_bytes(model::find_string(body, {"data", "plaintext"}), kService);
}

}  // namespace kms_ambient
