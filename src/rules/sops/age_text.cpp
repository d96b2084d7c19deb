// SPDX-License-Identifier: 0BSD
#include "rules/sops/age_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include "base/base64.hpp"

namespace sops {
namespace {

constexpr std::string_view kLetters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksumLetters = 6;
constexpr std::size_t kBech32Max = 256;  // a key has 74 letters
constexpr std::size_t kArmorColumns = 64;

std::uint32_t checksum_step(std::uint32_t sum, std::uint32_t value) {
    constexpr std::array<std::uint32_t, 5> kGenerator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                                         0x2a1462b3};
    const std::uint32_t top = sum >> 25U;
    sum = ((sum & 0x1ffffffU) << 5U) ^ value;
    for (std::uint32_t bit = 0; bit < kGenerator.size(); ++bit) {
        sum ^= ((top >> bit) & 1U) != 0 ? kGenerator.at(bit) : 0U;
    }
    return sum;
}

char lower(char letter) { return static_cast<char>(std::tolower(static_cast<unsigned char>(letter))); }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
        text.remove_prefix(1);
    }
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
        text.remove_suffix(1);
    }
    return text;
}

// Base64 in the one writing that its bytes have: age allows no other.
std::optional<std::string> decode_canonical(const std::string& text) {
    auto bytes = base::decode_base64(text);
    return bytes && base::encode_base64(*bytes) == text ? std::optional(std::move(*bytes)) : std::nullopt;
}

}  // namespace

std::optional<base::Secret> decode_bech32(std::string_view text, std::string_view prefix) {
    if (text.size() > kBech32Max || text.size() < prefix.size() + 1 + kChecksumLetters) {
        return std::nullopt;
    }
    const bool has_lower =
        std::ranges::any_of(text, [](unsigned char letter) { return std::islower(letter) != 0; });
    const bool has_upper =
        std::ranges::any_of(text, [](unsigned char letter) { return std::isupper(letter) != 0; });
    const std::string_view letters = text.substr(prefix.size() + 1);
    if ((has_lower && has_upper) || text[prefix.size()] != '1' ||
        !std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, lower)) {
        return std::nullopt;
    }
    std::uint32_t sum = 1;
    for (const char letter : prefix) {
        sum = checksum_step(sum, static_cast<std::uint32_t>(letter) >> 5U);
    }
    sum = checksum_step(sum, 0);
    for (const char letter : prefix) {
        sum = checksum_step(sum, static_cast<std::uint32_t>(letter) & 31U);
    }
    base::Secret bytes;
    std::uint32_t waiting = 0;
    unsigned bits = 0;
    for (std::size_t index = 0; index < letters.size(); ++index) {
        const std::size_t value = kLetters.find(lower(letters[index]));
        if (value == std::string_view::npos) {
            return std::nullopt;
        }
        sum = checksum_step(sum, static_cast<std::uint32_t>(value));
        if (index + kChecksumLetters >= letters.size()) {
            continue;
        }
        waiting = ((waiting << 5U) | static_cast<std::uint32_t>(value)) & 0xfffU;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            const char byte = static_cast<char>((waiting >> bits) & 0xffU);
            bytes.append({&byte, 1});
        }
    }
    const bool clean_padding = bits < 5 && (waiting & ((1U << bits) - 1U)) == 0;
    return sum == 1 && clean_padding ? std::optional(std::move(bytes)) : std::nullopt;
}

std::optional<std::string> decode_unpadded(std::string_view text) {
    if (text.find('=') != std::string_view::npos) {
        return std::nullopt;
    }
    return decode_canonical(std::string(text) + std::string((4 - text.size() % 4) % 4, '='));
}

std::optional<std::string> without_armor(std::string_view text) {
    constexpr std::string_view kBegin = "-----BEGIN AGE ENCRYPTED FILE-----";
    constexpr std::string_view kEnd = "-----END AGE ENCRYPTED FILE-----";
    const std::string_view armored = trimmed(text);
    if (!armored.starts_with("-----BEGIN")) {
        return std::string(text);
    }
    if (!armored.starts_with(kBegin) || !armored.ends_with(kEnd) ||
        armored.size() < kBegin.size() + kEnd.size()) {
        return std::nullopt;
    }
    std::string_view body = armored.substr(kBegin.size(), armored.size() - kBegin.size() - kEnd.size());
    body.remove_prefix(body.starts_with("\r\n") ? 2 : body.starts_with('\n') ? 1 : 0);
    std::string packed;
    for (bool is_last = false; !body.empty();) {
        const std::size_t end = body.find('\n');
        if (end == std::string_view::npos || is_last) {
            return std::nullopt;
        }
        std::string_view line = body.substr(0, end);
        body.remove_prefix(end + 1);
        line.remove_suffix(line.ends_with('\r') ? 1 : 0);
        if (line.empty() || line.size() > kArmorColumns) {
            return std::nullopt;
        }
        is_last = line.size() < kArmorColumns;
        packed += line;
    }
    return decode_canonical(packed);
}

}  // namespace sops
