// SPDX-License-Identifier: 0BSD
#include "base/digest.hpp"

#include <algorithm>

#include <openssl/evp.h>

#include "base/invariant.hpp"

namespace base {

namespace {

constexpr std::string_view kAlgorithm = "sha256";

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n\v\f";
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, [](char a, char b) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
        return lower(a) == lower(b);
    });
}

// The value of a hex digit, or -1.
int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    if (digit >= 'A' && digit <= 'F') {
        return digit - 'A' + 10;
    }
    return -1;
}

}  // namespace

std::string Digest::hex() const {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string result;
    result.reserve(bytes.size() * 2);
    for (const unsigned char byte : bytes) {
        result += kDigits[byte >> 4U];
        result += kDigits[byte & 0xFU];
    }
    return result;
}

std::string Digest::text() const { return std::string(kAlgorithm) + ":" + hex(); }

Result<Digest> Digest::parse(std::string_view text) {
    const std::string_view whole = trimmed(text);
    const std::size_t colon = whole.find(':');
    if (colon == std::string_view::npos || colon == 0) {
        return Error{ErrorCode::kInvalid,
                     "the digest has no algorithm; \"sha256:<64 hex digits>\" is expected"};
    }
    const std::string_view algorithm = whole.substr(0, colon);
    if (!equal_ignoring_case(algorithm, kAlgorithm)) {
        return Error{ErrorCode::kUnsupported,
                     "digest algorithm \"" + std::string(algorithm) + "\" is not supported"};
    }
    const std::string_view digits = whole.substr(colon + 1);
    Digest digest;
    if (digits.size() != digest.bytes.size() * 2) {
        return Error{ErrorCode::kInvalid, "a sha256 digest has 64 hex digits"};
    }
    for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
        const int high = hex_value(digits[2 * i]);
        const int low = hex_value(digits[2 * i + 1]);
        if (high < 0 || low < 0) {
            return Error{ErrorCode::kInvalid, "a sha256 digest has 64 hex digits"};
        }
        digest.bytes[i] = static_cast<unsigned char>(high * 16 + low);
    }
    return digest;
}

struct Sha256::State {
    struct Free {
        void operator()(EVP_MD_CTX* state) const { EVP_MD_CTX_free(state); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    invariant(state_->context && EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1,
              "OpenSSL offers no SHA-256");
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
    invariant(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1, "SHA-256 failed");
}

Digest Sha256::finish() {
    Digest digest;
    invariant(EVP_DigestFinal_ex(state_->context.get(), digest.bytes.data(), nullptr) == 1, "SHA-256 failed");
    return digest;
}

Digest sha256(std::string_view bytes) {
    Sha256 stream;
    stream.update(bytes);
    return stream.finish();
}

}  // namespace base
