// SPDX-License-Identifier: 0BSD
#include "rules/sops/age.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "rules/sops/age_text.hpp"

namespace sops {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 20U;  // a data key needs some hundred bytes
constexpr std::size_t kRecipientsMax = 1000;
constexpr std::size_t kIdentitiesMax = 1000;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kFileKeyBytes = 16;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kChunkBytes = std::size_t{64} << 10U;
constexpr std::size_t kColumns = 64;
constexpr std::string_view kVersion = "age-encryption.org/v1";
constexpr std::string_view kNoAgeFile = "a key of the file is no age v1 file";

using KeyPointer = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* writable(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

base::Error invalid(std::string message) {
    return {.code = base::ErrorCode::kInvalid, .message = std::move(message)};
}

// One recipient's part of the header: its words and its body.
struct Stanza {
    std::string_view type;
    std::string_view argument;
    std::string body;
};

struct Header {
    std::vector<Stanza> stanzas;
    std::string_view covered;  // what the header's MAC is over
    std::string mac;
    std::string_view payload;
};

std::optional<std::string_view> next_line(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return line;
}

// One or more words of visible ASCII letters, one blank between them.
bool are_words(std::string_view text) {
    const bool printable =
        std::ranges::all_of(text, [](char letter) { return letter >= ' ' && letter <= '~'; });
    return printable && !text.empty() && text.front() != ' ' && text.back() != ' ' &&
           text.find("  ") == std::string_view::npos;
}

// The body ends with the first line that is shorter than 64 columns.
std::optional<Stanza> read_stanza(std::string_view words, std::string_view& rest) {
    if (!are_words(words)) {
        return std::nullopt;
    }
    Stanza stanza;
    const std::size_t space = words.find(' ');
    stanza.type = words.substr(0, space);
    stanza.argument = space == std::string_view::npos ? std::string_view() : words.substr(space + 1);
    std::string text;
    while (true) {
        const auto line = next_line(rest);
        if (!line || line->size() > kColumns) {
            return std::nullopt;
        }
        text += *line;
        if (line->size() < kColumns) {
            break;
        }
    }
    auto body = decode_unpadded(text);
    if (!body) {
        return std::nullopt;
    }
    stanza.body = std::move(*body);
    return stanza;
}

std::optional<Header> read_header(std::string_view file) {
    Header header;
    std::string_view rest = file;
    if (next_line(rest) != kVersion) {
        return std::nullopt;
    }
    while (true) {
        const std::size_t begin = file.size() - rest.size();
        const auto line = next_line(rest);
        if (!line || header.stanzas.size() >= kRecipientsMax) {
            return std::nullopt;
        }
        if (line->starts_with("--- ")) {
            auto mac = decode_unpadded(line->substr(4));
            if (!mac || mac->size() != kKeyBytes) {
                return std::nullopt;
            }
            header.mac = std::move(*mac);
            header.covered = file.substr(0, begin + 3);
            header.payload = rest;
            return header;
        }
        if (!line->starts_with("-> ")) {
            return std::nullopt;
        }
        auto stanza = read_stanza(line->substr(3), rest);
        if (!stanza) {
            return std::nullopt;
        }
        header.stanzas.push_back(std::move(*stanza));
    }
}

base::Secret derive(std::string_view key, std::string_view salt, std::string_view info) {
    const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr),
                                                                &EVP_KDF_free);
    const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(EVP_KDF_CTX_new(kdf.get()),
                                                                            &EVP_KDF_CTX_free);
    std::string digest = "SHA256";
    std::string key_copy(key);
    std::string salt_copy(salt);
    std::string info_copy(info);
    const std::array<OSSL_PARAM, 5> parameters = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key_copy.data(), key_copy.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt_copy.data(), salt_copy.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info_copy.data(), info_copy.size()),
        OSSL_PARAM_construct_end()};
    std::string derived(kKeyBytes, '\0');
    const bool done =
        EVP_KDF_derive(context.get(), writable(derived), derived.size(), parameters.data()) == 1;
    OPENSSL_cleanse(key_copy.data(), key_copy.size());
    return done ? base::Secret(std::move(derived)) : base::Secret();
}

std::optional<base::Secret> open_chunk(std::string_view key, std::string_view nonce,
                                       std::string_view sealed) {
    if (key.size() != kKeyBytes || sealed.size() < kTagBytes || sealed.size() > kChunkBytes + kTagBytes) {
        return std::nullopt;
    }
    const std::size_t size = sealed.size() - kTagBytes;
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                  &EVP_CIPHER_CTX_free);
    std::string tag(sealed.substr(size));
    std::string chunk(size, '\0');
    int written = 0;
    std::array<unsigned char, kTagBytes> rest{};
    const bool done = EVP_DecryptInit_ex(context.get(), EVP_chacha20_poly1305(), nullptr, bytes_of(key),
                                         bytes_of(nonce)) == 1 &&
                      EVP_DecryptUpdate(context.get(), writable(chunk), &written, bytes_of(sealed),
                                        static_cast<int>(size)) == 1 &&
                      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTagBytes),
                                          tag.data()) == 1 &&
                      EVP_DecryptFinal_ex(context.get(), rest.data(), &written) == 1;
    base::Secret opened(std::move(chunk));  // wiped also where it cannot be trusted
    return done ? std::optional(std::move(opened)) : std::nullopt;
}

base::Secret shared_secret(const AgeIdentity& identity, std::string_view share) {
    const KeyPointer own(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, bytes_of(identity.private_key()), kKeyBytes),
        &EVP_PKEY_free);
    const KeyPointer other(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, bytes_of(share), share.size()), &EVP_PKEY_free);
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new(own.get(), nullptr), &EVP_PKEY_CTX_free);
    std::string secret(kKeyBytes, '\0');
    std::size_t size = secret.size();
    // OpenSSL refuses the all-zero result of a share of small order, as the format demands.
    if (!own || !other || !context || EVP_PKEY_derive_init(context.get()) != 1 ||
        EVP_PKEY_derive_set_peer(context.get(), other.get()) != 1 ||
        EVP_PKEY_derive(context.get(), writable(secret), &size) != 1) {
        return {};
    }
    return base::Secret(std::move(secret));
}

// Empty when the stanza is for another identity. Errors: kInvalid when the stanza breaks the rules of its kind.
base::Result<base::Secret> file_key_of(const Stanza& stanza, const AgeIdentity& identity) {
    const auto share = decode_unpadded(stanza.argument);
    const base::Secret shared =
        share && share->size() == kKeyBytes ? shared_secret(identity, *share) : base::Secret();
    if (shared.empty() || stanza.body.size() != kFileKeyBytes + kTagBytes) {
        return invalid(std::string(kNoAgeFile));
    }
    const base::Secret wrap =
        derive(shared.reveal(), *share + std::string(identity.public_key()), "age-encryption.org/v1/X25519");
    constexpr std::array<char, 12> kZero{};
    auto key = open_chunk(wrap.reveal(), {kZero.data(), kZero.size()}, stanza.body);
    return key ? std::move(*key) : base::Secret();
}

bool mac_fits(const Header& header, const base::Secret& file_key) {
    const base::Secret key = derive(file_key.reveal(), {}, "header");
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned int size = 0;
    return HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.reveal().size()),
                bytes_of(header.covered), header.covered.size(), mac.data(), &size) != nullptr &&
           size == header.mac.size() && CRYPTO_memcmp(mac.data(), header.mac.data(), size) == 0;
}

base::Result<base::Secret> open_payload(std::string_view payload, const base::Secret& file_key) {
    const auto changed = [] { return invalid("an age file is cut off or was changed"); };
    if (payload.size() < kNonceBytes + kTagBytes) {
        return changed();
    }
    const base::Secret key = derive(file_key.reveal(), payload.substr(0, kNonceBytes), "payload");
    payload.remove_prefix(kNonceBytes);
    base::Secret opened;
    std::string nonce(12, '\0');
    for (unsigned chunk = 0; !payload.empty(); ++chunk) {
        const std::string_view sealed = payload.substr(0, kChunkBytes + kTagBytes);
        payload.remove_prefix(sealed.size());
        for (unsigned byte = 0; byte < 4; ++byte) {
            nonce[10 - byte] = static_cast<char>((chunk >> (8 * byte)) & 0xffU);
        }
        nonce[11] = payload.empty() ? '\1' : '\0';
        const auto piece = open_chunk(key.reveal(), nonce, sealed);
        if (!piece || (piece->empty() && chunk > 0)) {
            return changed();
        }
        opened.append(piece->reveal());
    }
    return opened;
}

}  // namespace

base::Result<AgeIdentity> AgeIdentity::parse(std::string_view text) {
    auto bytes = text.starts_with("AGE-SECRET-KEY-1") ? decode_bech32(text, "age-secret-key-") : std::nullopt;
    if (!bytes || bytes->reveal().size() != kKeyBytes) {
        return invalid("it is no age identity of the form AGE-SECRET-KEY-1…");
    }
    AgeIdentity identity;
    identity.private_key_ = std::move(*bytes);
    const KeyPointer key(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, bytes_of(identity.private_key()), kKeyBytes),
        &EVP_PKEY_free);
    identity.public_key_.assign(kKeyBytes, '\0');
    std::size_t size = kKeyBytes;
    if (!key || EVP_PKEY_get_raw_public_key(key.get(), writable(identity.public_key_), &size) != 1) {
        return invalid("an age identity is no X25519 key");
    }
    return identity;
}

base::Result<std::vector<AgeIdentity>> parse_age_identities(std::string_view text) {
    std::vector<AgeIdentity> identities;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) {
            line.remove_suffix(1);
        }
        while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) {
            line.remove_prefix(1);
        }
        if (line.empty() || line.front() == '#') {
            continue;
        }
        if (identities.size() >= kIdentitiesMax) {
            return base::Error{.code = base::ErrorCode::kLimitExceeded,
                               .message = "more than 1000 age identities"};
        }
        auto identity = AgeIdentity::parse(line);
        if (!identity) {
            return base::wrap(fmt::format("line {}", number), std::move(identity.error()));
        }
        identities.push_back(std::move(*identity));
    }
    if (identities.empty()) {
        return invalid("it holds no age identity");
    }
    return identities;
}

base::Result<base::Secret> decrypt_age(std::string_view file, const std::vector<AgeIdentity>& identities) {
    if (file.size() > kFileBytesMax) {
        return base::Error{.code = base::ErrorCode::kLimitExceeded,
                           .message = "an age file is larger than 1 MiB"};
    }
    const auto bytes = without_armor(file);
    const auto header = bytes ? read_header(*bytes) : std::nullopt;
    if (!header) {
        return invalid(std::string(kNoAgeFile));
    }
    for (const Stanza& stanza : header->stanzas) {
        if (stanza.type != "X25519") {
            continue;
        }
        for (const AgeIdentity& identity : identities) {
            const auto file_key = file_key_of(stanza, identity);
            if (!file_key) {
                return file_key.error();
            }
            if (!file_key->empty()) {
                return mac_fits(*header, *file_key) ? open_payload(header->payload, *file_key)
                                                    : invalid("the header of an age file was changed");
            }
        }
    }
    return base::Error{.code = base::ErrorCode::kNotFound, .message = "no age identity fits"};
}

}  // namespace sops
