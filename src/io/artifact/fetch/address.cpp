// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <netinet/in.h>
#include <optional>
#include <span>
#include <string>

#include <fmt/format.h>

namespace artifact {

namespace {

struct Block {
    std::uint32_t network;
    unsigned prefix_bits;
};

bool is_in(std::uint32_t address, Block block) {
    return (address ^ block.network) >> (32U - block.prefix_bits) == 0;
}

constexpr Block kLoopback{0x7F000000U, 8};
constexpr std::array kRefused = {
    Block{0x00000000U, 8},   // "this host"
    Block{0xA9FE0000U, 16},  // link-local: 169.254.169.254 hands out cloud credentials
    Block{0xE0000000U, 4},   // multicast
};

bool v4_allowed(std::uint32_t address, bool allow_loopback) {
    if (is_in(address, kLoopback)) {
        return allow_loopback;
    }
    return std::ranges::none_of(kRefused, [address](Block block) { return is_in(address, block); });
}

std::uint32_t big_endian(const unsigned char* bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        value = (value << 8U) | bytes[i];
    }
    return value;
}

bool begins_with(const unsigned char* bytes, std::initializer_list<unsigned char> prefix) {
    return std::ranges::equal(prefix, std::span(bytes, prefix.size()));
}

// The IPv4 address that a translator or tunnel on the way sends packets for this one to, if there is any: from its place in the
// network it may reach what we must not, the metadata of the machine it runs on first of all.
std::optional<std::uint32_t> translated(const unsigned char* bytes) {
    const bool is_nat64 = begins_with(bytes, {0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0}) ||
                          begins_with(bytes, {0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01});  // RFC 6052, RFC 8215
    const bool is_stateless = begins_with(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0});  // RFC 2765
    if (is_nat64 || is_stateless) {
        return big_endian(bytes + 12);
    }
    if (begins_with(bytes, {0x20, 0x02})) {  // 6to4, RFC 3056
        return big_endian(bytes + 2);
    }
    return std::nullopt;
}

bool v6_allowed(const in6_addr& address, bool allow_loopback) {
    const unsigned char* bytes = address.s6_addr;
    if (IN6_IS_ADDR_LOOPBACK(&address)) {
        return allow_loopback;
    }
    // IPv4 in an IPv6 spelling, the deprecated "compatible" one included (:: is 0.0.0.0 there).
    if (IN6_IS_ADDR_V4MAPPED(&address) ||
        std::all_of(bytes, bytes + 12, [](unsigned char byte) { return byte == 0; })) {
        return v4_allowed(big_endian(bytes + 12), allow_loopback);
    }
    // Its loopback is not this machine's: development does not need it.
    if (const auto v4 = translated(bytes); v4 && !v4_allowed(*v4, false)) {
        return false;
    }
    const bool is_link_local = bytes[0] == 0xFE && (bytes[1] & 0xC0U) == 0x80;
    const bool is_multicast = bytes[0] == 0xFF;
    return !is_link_local && !is_multicast;
}

base::Error refuse(base::ErrorCode code, std::string message) { return {code, std::move(message)}; }

std::string to_lower(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
}

// The host of "host", "host:8080" or "[::1]:8080" in lower case; nullopt where that cannot be told apart.
std::optional<std::string> host_of(std::string_view authority) {
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos || (end + 1 < authority.size() && authority[end + 1] != ':')) {
            return std::nullopt;
        }
        return to_lower(authority.substr(1, end - 1));
    }
    const std::size_t colon = authority.find(':');
    if (colon != std::string_view::npos && authority.find(':', colon + 1) != std::string_view::npos) {
        return std::nullopt;
    }
    return to_lower(authority.substr(0, colon));
}

bool is_localhost(std::string_view host) { return host == "localhost" || host.ends_with(".localhost"); }

// Whether the host is a literal that must not be dialled; names are judged when they are resolved.
bool host_allowed(std::string_view host, bool allow_loopback) {
    if (is_localhost(host)) {
        return allow_loopback;
    }
    const std::string text(host);
    in_addr v4{};
    // inet_aton takes what getaddrinfo takes: one to four parts, decimal, octal or hexadecimal.
    if (inet_aton(text.c_str(), &v4) != 0) {
        return v4_allowed(ntohl(v4.s_addr), allow_loopback);
    }
    if (host.find(':') != std::string_view::npos) {
        return address_allowed(host, allow_loopback);
    }
    return true;
}

}  // namespace

bool address_allowed(std::string_view address, bool allow_loopback) {
    const std::string text(address.substr(0, address.find('%')));
    in_addr v4{};
    if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
        return v4_allowed(ntohl(v4.s_addr), allow_loopback);
    }
    in6_addr v6{};
    return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && v6_allowed(v6, allow_loopback);
}

base::Result<void> check_url(std::string_view url, bool allow_loopback) {
    using enum base::ErrorCode;
    // Characters on which URL readers disagree could make us judge another host than the one that is dialled.
    const bool is_odd = std::ranges::any_of(url, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= 0x20 || byte >= 0x7F || c == '\\';
    });
    const std::size_t scheme_end = url.find("://");
    if (is_odd || scheme_end == std::string_view::npos) {
        return refuse(kInvalid, "the artifact's URL is malformed");
    }
    const std::string scheme = to_lower(url.substr(0, scheme_end));
    if (scheme != "http" && scheme != "https") {
        return refuse(kForbidden, fmt::format("artifacts are fetched by http or https, not by {}", scheme));
    }
    const std::string_view rest = url.substr(scheme_end + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    if (authority.find('@') != std::string_view::npos) {
        return refuse(kInvalid, "the artifact's URL must not carry credentials");
    }
    if (authority.find('%') != std::string_view::npos) {
        return refuse(kInvalid, "the artifact's URL has an escaped host");
    }
    const auto raw_host = host_of(authority);
    if (!raw_host) {
        return refuse(kInvalid, "the artifact's URL is malformed");
    }
    std::string_view host = *raw_host;
    if (host.ends_with('.')) {
        host.remove_suffix(1);
    }
    // One dot at the end is part of a name; with more, readers differ on what is named.
    if (host.empty() || host.ends_with('.')) {
        return refuse(kInvalid, "the artifact's URL has no host");
    }
    if (!host_allowed(host, allow_loopback)) {
        return refuse(kForbidden, fmt::format("artifacts must not be fetched from the address {}", host));
    }
    return {};
}

}  // namespace artifact
