// SPDX-License-Identifier: 0BSD
#include "rules/sops/opener.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "rules/sops/cipher.hpp"

namespace sops {
namespace {

constexpr std::size_t kDataKeyBytes = 32;
// What the format begins the hash with when only encrypted values count: the SHA-256 of "sops".
constexpr std::array<unsigned char, 32> kOnlyEncrypted = {
    0x8a, 0x3f, 0xd2, 0xad, 0x54, 0xce, 0x66, 0x52, 0x7b, 0x10, 0x34, 0xf3, 0xd1, 0x47, 0xbe, 0x0b,
    0x0b, 0x97, 0x5b, 0x3b, 0xf4, 0x4f, 0x72, 0xc6, 0xfd, 0xad, 0xec, 0x81, 0x76, 0xf2, 0x7d, 0x69};

base::Error invalid(std::string message) {
    return {.code = base::ErrorCode::kInvalid, .message = std::move(message)};
}

std::string joined(const Path& path) {
    std::string text;
    for (std::size_t index = 0; index < path.size(); ++index) {
        text += (index == 0 ? "" : ":") + path[index];
    }
    return text + ":";
}

}  // namespace

struct Opener::Hash {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

Opener::Opener(const Metadata& metadata, const base::Secret& data_key, Selection selection)
    : metadata_(&metadata),
      data_key_(&data_key),
      selection_(std::move(selection)),
      hash_(std::make_unique<Hash>()) {
    EVP_DigestInit_ex(hash_->context.get(), EVP_sha512(), nullptr);
    if (metadata.mac_only_encrypted) {
        add({reinterpret_cast<const char*>(kOnlyEncrypted.data()), kOnlyEncrypted.size()});
    }
}

Opener::Opener(Opener&&) noexcept = default;
Opener::~Opener() = default;

base::Result<Opener> Opener::start(const Metadata& metadata, const base::Secret& data_key) {
    if (data_key.reveal().size() != kDataKeyBytes) {
        return std::unexpected(invalid("the data key of a file is not 32 bytes long"));
    }
    auto selection = Selection::compile(metadata.selectors);
    if (!selection) {
        return std::unexpected(std::move(selection.error()));
    }
    return Opener(metadata, data_key, std::move(*selection));
}

void Opener::add(std::string_view bytes) {
    EVP_DigestUpdate(hash_->context.get(), bytes.data(), bytes.size());
}

base::Result<Scalar> Opener::open(const Path& path, const std::vector<std::string>& comments, Scalar found) {
    const bool encrypted = selection_.encrypted(path, comments);
    if (encrypted) {
        if (found.kind != ScalarKind::kText) {
            return std::unexpected(invalid(fmt::format(
                "{} a value cannot be decrypted: it should be encrypted and is plain", joined(path))));
        }
        auto opened = decrypt_value(found.text.reveal(), *data_key_, joined(path));
        if (!opened) {
            return std::unexpected(base::wrap(joined(path), std::move(opened.error())));
        }
        found = std::move(*opened);
    }
    // Comments, also those that stand as items of a list, are not under the MAC.
    if (found.kind != ScalarKind::kComment && (encrypted || !metadata_->mac_only_encrypted)) {
        add(found.text.reveal());
    }
    return found;
}

base::Secret Opener::open_comment(std::string_view text, const std::vector<Path>& paths) const {
    if (text.starts_with("ENC[")) {
        for (const Path& path : paths) {
            auto opened = decrypt_value(text, *data_key_, joined(path));
            if (opened) {
                return std::move(opened->text);
            }
        }
    }
    return base::Secret(std::string(text));
}

base::Result<void> Opener::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(hash_->context.get(), digest.data(), &size);
    std::string computed;
    for (unsigned int index = 0; index < size; ++index) {
        computed += fmt::format("{:02X}", digest.at(index));
    }
    const auto stored = decrypt_value(metadata_->mac, *data_key_, metadata_->last_modified);
    if (!stored || stored->kind != ScalarKind::kText || stored->text.reveal().size() != computed.size() ||
        CRYPTO_memcmp(stored->text.reveal().data(), computed.data(), computed.size()) != 0) {
        return std::unexpected(
            invalid("the MAC does not fit: the file was changed after encryption; encrypt it anew"));
    }
    return {};
}

}  // namespace sops
