// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/endpoint.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <boost/asio/ip/address_v6.hpp>
#include <fmt/format.h>

#include "io/kms/ambient/text.hpp"

namespace kms_ambient {

namespace {

constexpr std::size_t kHostBytesMax = 253;  // of a name in the DNS

bool is_host(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) {
        boost::system::error_code error;
        boost::asio::ip::make_address_v6(std::string(host.substr(1, host.size() - 2)), error);
        return !error && host.find('%') == std::string_view::npos;
    }
    return !host.empty() && host.size() <= kHostBytesMax && !host.starts_with('.') && !host.ends_with('.') &&
           host.find("..") == std::string_view::npos &&
           std::ranges::all_of(host, [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.'; });
}

std::uint16_t own_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

std::optional<std::uint16_t> parse_port(std::string_view digits) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size() || port == 0) {
        return std::nullopt;
    }
    return port;
}

bool is_path(std::string_view path) {
    return path.empty() || (path.starts_with('/') && is_plain_path(path.substr(1)));
}

// Host and port of "host", "host:8200", "[::1]:8200".
bool read_authority(std::string_view authority, Endpoint& endpoint) {
    const auto bracket = authority.find(']');
    const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    endpoint.host = to_lower(authority.substr(0, colon));
    endpoint.port = own_port(endpoint.scheme);
    if (colon != std::string_view::npos) {
        const auto port = parse_port(authority.substr(colon + 1));
        endpoint.port = port.value_or(0);
    }
    return endpoint.port != 0 && is_host(endpoint.host);
}

}  // namespace

std::string Endpoint::authority() const {
    return port == own_port(scheme) ? host : fmt::format("{}:{}", host, port);
}

std::string Endpoint::url() const { return scheme + "://" + authority() + path; }

bool Endpoint::same_origin(const Endpoint& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
}

base::Result<Endpoint> parse_endpoint(std::string_view url, std::string_view what) {
    const base::Error malformed{base::ErrorCode::kInvalid,
                                fmt::format("{} is no plain http or https URL", what)};
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) {
        return malformed;
    }
    Endpoint endpoint;
    endpoint.scheme = to_lower(url.substr(0, scheme_end));
    const auto rest = url.substr(scheme_end + 3);
    const auto authority = rest.substr(0, rest.find('/'));
    auto path = rest.substr(authority.size());
    if (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    if ((endpoint.scheme != "http" && endpoint.scheme != "https") || !read_authority(authority, endpoint) ||
        !is_path(path)) {
        return malformed;
    }
    endpoint.path = path;
    return endpoint;
}

}  // namespace kms_ambient
