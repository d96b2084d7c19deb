// SPDX-License-Identifier: 0BSD
#include "rules/sops/gcm.hpp"

#include <array>
#include <limits>
#include <memory>
#include <string>

#include <openssl/evp.h>

namespace sops {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kTagBytes = 16;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::optional<base::Secret> open_gcm(std::string_view key, std::string_view iv, std::string_view additional,
                                     std::string_view sealed, std::string_view tag) {
    constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<int>::max());
    if (key.size() != kKeyBytes || iv.empty() || iv.size() > kMost || tag.size() != kTagBytes ||
        sealed.size() > kMost || additional.size() > kMost) {
        return std::nullopt;
    }
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                  &EVP_CIPHER_CTX_free);
    if (!context || EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, nullptr, nullptr) != 1 ||
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_IVLEN, static_cast<int>(iv.size()), nullptr) !=
            1 ||
        EVP_DecryptInit_ex(context.get(), nullptr, nullptr, bytes_of(key), bytes_of(iv)) != 1) {
        return std::nullopt;
    }
    int size = 0;
    if (!additional.empty() && EVP_DecryptUpdate(context.get(), nullptr, &size, bytes_of(additional),
                                                 static_cast<int>(additional.size())) != 1) {
        return std::nullopt;
    }
    std::string plain(sealed.size(), '\0');
    std::string expected(tag);
    std::array<unsigned char, kTagBytes> rest{};
    const bool done = EVP_DecryptUpdate(context.get(), reinterpret_cast<unsigned char*>(plain.data()), &size,
                                        bytes_of(sealed), static_cast<int>(sealed.size())) == 1 &&
                      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagBytes),
                                          expected.data()) == 1 &&
                      EVP_DecryptFinal_ex(context.get(), rest.data(), &size) == 1;
    base::Secret opened(std::move(plain));  // wiped also where it cannot be trusted
    return done ? std::optional(std::move(opened)) : std::nullopt;
}

}  // namespace sops
