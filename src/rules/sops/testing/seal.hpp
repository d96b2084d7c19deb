// SPDX-License-Identifier: 0BSD
// Encrypts as sops does, with a fixed key and no randomness: for tests of what decrypts.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/base64.hpp"
#include "base/secret.hpp"

namespace sops::testing {

inline const std::string kDataKey(32, 'k');
constexpr std::string_view kTime = "2026-01-02T03:04:05Z";

inline base::Secret data_key() { return base::Secret(std::string(kDataKey)); }

// "ENC[AES256_GCM,…]" for `text` at `place` ("a:b:").
inline std::string seal(std::string_view text, std::string_view place, std::string_view type = "str") {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    const std::string iv(32, 'i');
    std::string sealed(text.size(), '\0');
    std::string tag(16, '\0');
    int size = 0;
    EVP_CIPHER_CTX* const context = EVP_CIPHER_CTX_new();
    EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nullptr, nullptr, nullptr);
    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_IVLEN, static_cast<int>(iv.size()), nullptr);
    EVP_EncryptInit_ex(context, nullptr, nullptr, reinterpret_cast<const unsigned char*>(kDataKey.data()),
                       reinterpret_cast<const unsigned char*>(iv.data()));
    EVP_EncryptUpdate(context, nullptr, &size, reinterpret_cast<const unsigned char*>(place.data()),
                      static_cast<int>(place.size()));
    EVP_EncryptUpdate(context, reinterpret_cast<unsigned char*>(sealed.data()), &size, bytes,
                      static_cast<int>(text.size()));
    EVP_EncryptFinal_ex(context, reinterpret_cast<unsigned char*>(tag.data()), &size);
    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag.size()), tag.data());
    EVP_CIPHER_CTX_free(context);
    return fmt::format("ENC[AES256_GCM,data:{},iv:{},tag:{},type:{}]", base::encode_base64(sealed),
                       base::encode_base64(iv), base::encode_base64(tag), type);
}

// The MAC over `values`, sealed.
inline std::string mac_of(const std::vector<std::string>& values) {
    std::string all;
    for (const std::string& value : values) {
        all += value;
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_Digest(all.data(), all.size(), digest.data(), &size, EVP_sha512(), nullptr);
    std::string hex;
    for (unsigned int index = 0; index < size; ++index) {
        hex += fmt::format("{:02X}", digest.at(index));
    }
    return seal(hex, kTime);
}

// The metadata of a YAML file with these values, in their order.
inline std::string yaml_metadata(const std::vector<std::string>& values, std::string_view rule = "") {
    return fmt::format(
        "sops:\n    age:\n        - recipient: r\n          enc: e\n    lastmodified: \"{}\"\n    mac: {}\n{}"
        "    version: 3.13.3\n",
        kTime, mac_of(values), rule.empty() ? "" : fmt::format("    {}\n", rule));
}

}  // namespace sops::testing
