// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/gcp_kms.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/base64.hpp"
#include "io/kms/ambient/endpoint.hpp"
#include "io/kms/ambient/secret_json.hpp"
#include "io/kms/ambient/service_call.hpp"
#include "io/kms/ambient/text.hpp"
#include "io/kms/ambient/token_call.hpp"
#include "model/json.hpp"

namespace kms_ambient {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kService = "Google Cloud KMS";
// 64 KiB may be locked, but a data key has 32 bytes and its copy some 120.
constexpr std::size_t kCiphertextBytesMax = std::size_t{32} << 10U;

// A project may carry the domain that it belongs to: "example.com:project".
bool is_name(std::string_view text) {
    const auto colon = text.find(':');
    return colon == std::string_view::npos
               ? is_plain_segment(text)
               : is_plain_segment(text.substr(0, colon)) && is_plain_segment(text.substr(colon + 1));
}

// "projects/P/locations/L/keyRings/R/cryptoKeys/K"
bool is_key_name(std::string_view text) {
    constexpr std::array<std::string_view, 4> kCollections = {"projects", "locations", "keyRings",
                                                              "cryptoKeys"};
    for (const auto collection : kCollections) {
        if (!text.starts_with(collection) || !text.substr(collection.size()).starts_with('/')) {
            return false;
        }
        text.remove_prefix(collection.size() + 1);
        const auto slash = text.find('/');
        const bool is_last = collection == kCollections.back();
        if ((slash == std::string_view::npos) != is_last || !is_name(text.substr(0, slash))) {
            return false;
        }
        text.remove_prefix(is_last ? text.size() : slash + 1);
    }
    return true;
}

bool is_ciphertext(std::string_view base64) {
    const auto bytes = base::decode_base64(base64);
    return bytes && !bytes->empty() && bytes->size() <= kCiphertextBytesMax;
}

}  // namespace

base::Result<std::string> GcpKms::url_of(std::string_view resource) const {
    if (!is_key_name(resource)) {
        return Error{ErrorCode::kInvalid, "the key's resource id is not one of Google Cloud KMS"};
    }
    std::string address = surroundings_.variable("SOPS_GCP_KMS_ENDPOINT");
    if (address.empty()) {
        address = "https://cloudkms.googleapis.com";
    } else if (address.find("://") == std::string::npos) {
        // "cloudkms.example.com:443", as sops itself takes it.
        address.insert(0, "https://");
    }
    const auto endpoint = parse_endpoint(address, "SOPS_GCP_KMS_ENDPOINT");
    if (!endpoint) {
        return endpoint.error();
    }
    return endpoint->url() + "/v1/" + std::string(resource) + ":decrypt";
}

base::Task<base::Secret> GcpKms::decrypt(sops::GcpKmsKey key) {
    auto url = url_of(key.resource_id);
    if (!url) {
        co_return url.error();
    }
    if (!is_ciphertext(key.enc)) {
        co_return Error{ErrorCode::kInvalid, "the key's text is not one of Google Cloud KMS"};
    }
    const auto token = co_await credentials_.token();
    if (!token) {
        co_return token.error();
    }
    auto request = json_post(std::move(*url), model::to_json(model::Object{{"ciphertext", key.enc}}));
    const auto answer = co_await call_with_token(surroundings_.outside(), credentials_, *token,
                                                 std::move(request), std::string(kService));
    if (!answer) {
        co_return answer.error();
    }
    const auto body = parse_secret_json(answer->reveal());
    co_return decode_key_bytes(model::find_string(body, {"plaintext"}), kService);
}

}  // namespace kms_ambient
