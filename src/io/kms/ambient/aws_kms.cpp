// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/aws_kms.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/base64.hpp"
#include "io/kms/ambient/aws_arn.hpp"
#include "io/kms/ambient/secret_json.hpp"
#include "io/kms/ambient/service_call.hpp"
#include "io/kms/ambient/text.hpp"
#include "model/json.hpp"

namespace kms_ambient {

namespace {

using base::ErrorCode;

constexpr std::size_t kCiphertextBytesMax = 6144;  // the service's own bound

bool is_ciphertext(std::string_view base64) {
    const auto bytes = base::decode_base64(base64);
    return bytes && !bytes->empty() && bytes->size() <= kCiphertextBytesMax;
}

std::string request_body(const sops::AwsKmsKey& key) {
    // With the key named, the service opens what that key locked and nothing else; it takes ARNs of aliases, too.
    model::Object body{{"CiphertextBlob", key.enc}, {"KeyId", key.arn}};
    if (!key.context.empty()) {
        model::Object context;
        for (const auto& [name, value] : key.context) {
            context[name] = value;
        }
        body["EncryptionContext"] = std::move(context);
    }
    return model::to_json(body);
}

// "com.amazonaws.kms#AccessDeniedException" or without what stands before "#".
std::string_view word_of(const model::Value& body) {
    const auto type = model::find_string(body, {"__type"});
    return type.substr(type.find('#') + 1);
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

bool is_about_credentials(std::string_view word) {
    return is_one_of(word, {"ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException",
                            "InvalidClientTokenId"});
}

// Nearly all errors come as 400: the word tells them apart.
base::Error refused(std::string_view service, int status, std::string_view word) {
    if (is_one_of(word,
                  {"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded",
                   "DependencyTimeoutException", "KMSInternalException", "KeyUnavailableException"})) {
        return refusal(ErrorCode::kUnavailable, service, status, word);
    }
    // The text was not locked by that key, or with another context.
    if (is_one_of(word, {"InvalidCiphertextException", "IncorrectKeyException"})) {
        return refusal(ErrorCode::kInvalid, service, status, word);
    }
    return refusal(service, status, word);
}

}  // namespace

base::Task<base::Secret> AwsKms::decrypt(sops::AwsKmsKey key) {
    const auto region = region_of_key(key.arn);
    if (!region) {
        co_return region.error();
    }
    if (!is_ciphertext(key.enc)) {
        co_return base::Error{ErrorCode::kInvalid, "the key's text is not one of AWS KMS"};
    }
    const auto endpoint = aws_endpoint(surroundings_, "kms", *region);
    if (!endpoint) {
        co_return endpoint.error();
    }
    const auto keys = co_await credentials_.get({key.role, key.profile, *region});
    if (!keys) {
        co_return keys.error();
    }
    http::Request request{
        .method = "POST",
        .url = endpoint->url() + "/",
        .headers = {{"Content-Type", "application/x-amz-json-1.1"}, {"X-Amz-Target", "TrentService.Decrypt"}},
        .body = request_body(key)};
    sign(request, *endpoint, **keys, {*region, "kms"}, surroundings_.clock().now());
    const std::string service = "AWS KMS in " + *region;
    const auto answer = co_await call(surroundings_.outside(), std::move(request), service);
    if (!answer) {
        co_return answer.error();
    }
    const auto body = parse_secret_json(answer->body.reveal());
    if (!answer->ok()) {
        if (is_about_credentials(word_of(body))) {
            credentials_.refused(*keys);
        }
        co_return refused(service, answer->status, word_of(body));
    }
    co_return decode_key_bytes(model::find_string(body, {"Plaintext"}), service);
}

}  // namespace kms_ambient
