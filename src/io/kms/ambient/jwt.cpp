// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/jwt.hpp"

#include <memory>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "io/kms/ambient/text.hpp"
#include "model/json.hpp"

namespace kms_ambient {

namespace {

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Without it OpenSSL asks for a passphrase on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

std::unique_ptr<EVP_PKEY, Free> read_key(std::string_view pem) {
    const std::unique_ptr<BIO, Free> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    std::unique_ptr<EVP_PKEY, Free> key(
        bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_passphrase, nullptr) : nullptr);
    if (key && EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) {
        key.reset();
    }
    return key;
}

std::string sign_rs256(EVP_PKEY* key, std::string_view text) {
    const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1) {
        return {};
    }
    std::string signature(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                       text.size()) != 1) {
        return {};
    }
    signature.resize(size);
    return signature;
}

}  // namespace

base::Result<base::Secret> signed_token(const model::Object& claims, const std::string& key_id,
                                        const base::Secret& key_pem) {
    model::Object header{{"alg", "RS256"}, {"typ", "JWT"}};
    if (!key_id.empty()) {
        header["kid"] = key_id;
    }
    std::string token =
        encode_base64url(model::to_json(header)) + "." + encode_base64url(model::to_json(claims));
    const auto key = read_key(key_pem.reveal());
    const std::string signature = key ? sign_rs256(key.get(), token) : std::string();
    // What OpenSSL left behind would be found by the next caller who asks for its errors.
    ERR_clear_error();
    if (signature.empty()) {
        return base::Error{base::ErrorCode::kInvalid, "the private key is no RSA key in PEM"};
    }
    token += "." + encode_base64url(signature);
    return base::Secret(std::move(token));
}

}  // namespace kms_ambient
