// SPDX-License-Identifier: 0BSD
#include "rules/sops/pgp_packets.hpp"

#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/base64.hpp"

namespace sops {
namespace {

constexpr std::size_t kRecipientsMax = 1000;
constexpr unsigned kSessionKeyTag = 1;
constexpr unsigned char kSessionKeyVersion = 3;
constexpr std::size_t kKeyIdBytes = 8;

std::optional<std::size_t> take_number(std::string_view& rest, std::size_t bytes) {
    if (rest.size() < bytes) {
        return std::nullopt;
    }
    std::size_t number = 0;
    for (const char byte : rest.substr(0, bytes)) {
        number = (number << 8U) | static_cast<unsigned char>(byte);
    }
    rest.remove_prefix(bytes);
    return number;
}

// RFC 4880 section 4.2: the length of a packet in the new format, whole packets only.
std::optional<std::size_t> take_new_length(std::string_view& rest) {
    const auto first = take_number(rest, 1);
    if (!first || *first < 192) {
        return first;
    }
    if (*first < 224) {
        const auto second = take_number(rest, 1);
        return second ? std::optional(((*first - 192) << 8U) + *second + 192) : std::nullopt;
    }
    return *first == 255 ? take_number(rest, 4) : std::nullopt;
}

// The body of the session key packet that `rest` begins with.
std::optional<std::string_view> take_session_key(std::string_view& rest) {
    const auto header = take_number(rest, 1);
    if (!header || (*header & 0x80U) == 0) {
        return std::nullopt;
    }
    const bool is_new = (*header & 0x40U) != 0;
    const std::size_t length_type = *header & 3U;
    if ((is_new ? *header & 0x3fU : (*header >> 2U) & 0xfU) != kSessionKeyTag ||
        (!is_new && length_type == 3)) {
        return std::nullopt;
    }
    const auto size = is_new ? take_new_length(rest) : take_number(rest, std::size_t{1} << length_type);
    if (!size || *size > rest.size()) {
        return std::nullopt;
    }
    const std::string_view body = rest.substr(0, *size);
    rest.remove_prefix(*size);
    return body;
}

std::string_view next_line(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) {
        line.remove_suffix(1);
    }
    return line;
}

}  // namespace

std::optional<base::Secret> without_pgp_armor(std::string_view text, std::string_view kind) {
    const std::string begin = fmt::format("-----BEGIN PGP {}-----", kind);
    const std::size_t start = text.find(begin);
    if (start == std::string_view::npos) {
        return std::nullopt;
    }
    text.remove_prefix(start + begin.size());
    const std::size_t end = text.find(fmt::format("-----END PGP {}-----", kind));
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    std::string_view body = text.substr(0, end);
    next_line(body);  // the rest of the first line
    base::Secret packed;
    while (!body.empty()) {
        const std::string_view line = next_line(body);
        if (line.starts_with('=')) {
            break;  // the checksum
        }
        // Headers ("Comment: …") stand before all else.
        if (!packed.empty() || line.find(':') == std::string_view::npos) {
            packed.append(line);
        }
    }
    auto bytes = base::decode_base64(packed.reveal());
    return bytes && !bytes->empty() ? std::optional(base::Secret(std::move(*bytes))) : std::nullopt;
}

std::vector<std::uint64_t> recipients_of(std::string_view message) {
    std::vector<std::uint64_t> recipients;
    while (recipients.size() < kRecipientsMax) {
        auto body = take_session_key(message);
        if (!body) {
            break;
        }
        const auto version = take_number(*body, 1);
        const auto key_id = take_number(*body, kKeyIdBytes);
        if (version == kSessionKeyVersion && key_id) {
            recipients.push_back(*key_id);
        }
    }
    return recipients;
}

}  // namespace sops
