// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/aws_signature.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/digest.hpp"
#include "base/invariant.hpp"
#include "io/kms/ambient/text.hpp"

namespace kms_ambient {

namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTerminator = "aws4_request";

// A key that is derived from the secret one, or the signature itself.
struct Mac {
    std::array<unsigned char, 32> bytes{};

    Mac() = default;
    Mac(const Mac&) = delete;
    Mac& operator=(const Mac&) = delete;
    ~Mac() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
    std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
};

void hmac(std::string_view key, std::string_view text, Mac& out) {
    unsigned int size = 0;
    const auto* const done =
        HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.bytes.data(), &size);
    base::invariant(done != nullptr && size == out.bytes.size(), "OpenSSL offers no HMAC");
}

// "20150830T123600Z"
std::string compact_time(base::WallTime now) {
    std::string text = base::format_rfc3339(now);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

struct Canonical {
    std::string headers;  // "host:…\nx-amz-date:…\n"
    std::string names;    // "host;x-amz-date"
};

Canonical canonical(const http::Request& request, const Endpoint& endpoint) {
    std::map<std::string, std::string_view> sorted;
    const std::string host = endpoint.authority();
    sorted.emplace("host", host);
    for (const auto& header : request.headers) {
        sorted.emplace(to_lower(header.name), header.value);
    }
    Canonical result;
    for (const auto& [name, value] : sorted) {
        result.headers += fmt::format("{}:{}\n", name, value);
        result.names += result.names.empty() ? name : ";" + name;
    }
    return result;
}

std::string signature(const AwsKeys& keys, const AwsScope& scope, std::string_view date,
                      std::string_view text) {
    const base::Secret first("AWS4" + std::string(keys.secret_access_key.reveal()));
    Mac dated;
    Mac regional;
    Mac of_service;
    Mac signing;
    Mac result;
    hmac(first.reveal(), date, dated);
    hmac(dated.view(), scope.region, regional);
    hmac(regional.view(), scope.service, of_service);
    hmac(of_service.view(), kTerminator, signing);
    hmac(signing.view(), text, result);
    return base::Digest{result.bytes}.hex();
}

}  // namespace

void sign(http::Request& request, const Endpoint& endpoint, const AwsKeys& keys, const AwsScope& scope,
          base::WallTime now) {
    const std::string time = compact_time(now);
    const std::string date = time.substr(0, 8);
    request.headers.push_back({"X-Amz-Date", time});
    if (!keys.session_token.empty()) {
        request.headers.push_back({"X-Amz-Security-Token", std::string(keys.session_token.reveal())});
    }
    const auto [headers, names] = canonical(request, endpoint);
    const base::Secret canonical_request(fmt::format("{}\n{}/\n\n{}\n{}\n{}", request.method, endpoint.path,
                                                     headers, names, base::sha256(request.body).hex()));
    const std::string credential_scope =
        fmt::format("{}/{}/{}/{}", date, scope.region, scope.service, kTerminator);
    const std::string text = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, time, credential_scope,
                                         base::sha256(canonical_request.reveal()).hex());
    request.headers.push_back(
        {"Authorization",
         fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm, keys.access_key_id,
                     credential_scope, names, signature(keys, scope, date, text))});
}

}  // namespace kms_ambient
