// SPDX-License-Identifier: 0BSD
#include "io/http/curl/proxy.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <boost/asio/ip/address.hpp>

namespace http_curl {

namespace {

namespace ip = boost::asio::ip;

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

std::string variable(const char* upper, const char* lower_name) {
    for (const char* name : {upper, lower_name}) {
        if (const char* value = std::getenv(name); value != nullptr && *value != '\0') {
            return value;
        }
    }
    return "";
}

std::optional<ip::address> parse_address(std::string_view text) {
    boost::system::error_code error;
    auto address = ip::make_address(std::string(text), error);
    if (error) {
        return std::nullopt;
    }
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    }
    return address;
}

template <class Bytes>
bool same_prefix(const Bytes& a, const Bytes& b, std::size_t bits) {
    if (bits > a.size() * 8) {
        return false;
    }
    const std::size_t whole = bits / 8;
    const auto mask = static_cast<unsigned char>(0xFF00U >> (bits % 8));
    return std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin()) &&
           (bits % 8 == 0 || (a[whole] & mask) == (b[whole] & mask));
}

bool in_network(const ip::address& address, std::string_view cidr) {
    const auto slash = cidr.find('/');
    std::size_t bits = 0;
    const auto digits = cidr.substr(slash + 1);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    const auto network = parse_address(cidr.substr(0, slash));
    if (!network || digits.empty() || parsed.ptr != digits.data() + digits.size() ||
        network->is_v4() != address.is_v4()) {
        return false;
    }
    return address.is_v4() ? same_prefix(address.to_v4().to_bytes(), network->to_v4().to_bytes(), bits)
                           : same_prefix(address.to_v6().to_bytes(), network->to_v6().to_bytes(), bits);
}

struct HostAndPort {
    std::string_view host;
    std::string_view port;
};

HostAndPort split_port(std::string_view entry) {
    if (entry.starts_with('[')) {
        const auto end = std::min(entry.find(']'), entry.size());
        const auto rest = entry.substr(std::min(end + 1, entry.size()));
        return {entry.substr(1, end - 1), rest.starts_with(':') ? rest.substr(1) : std::string_view{}};
    }
    const auto colon = entry.find(':');
    if (colon == std::string_view::npos || entry.find(':', colon + 1) != std::string_view::npos) {
        return {entry, {}};
    }
    return {entry.substr(0, colon), entry.substr(colon + 1)};
}

bool matches(std::string_view entry, std::string_view host, const std::optional<ip::address>& address,
             std::string_view port) {
    if (entry == "*") {
        return true;
    }
    if (entry.find('/') != std::string_view::npos) {
        return address && in_network(*address, entry);
    }
    const HostAndPort wanted = split_port(entry);
    if (!wanted.port.empty() && wanted.port != port) {
        return false;
    }
    if (address) {
        return parse_address(wanted.host) == address;
    }
    std::string_view domain = wanted.host;
    if (domain.starts_with("*.")) {
        domain.remove_prefix(1);
    }
    if (domain.starts_with('.')) {
        return host.size() > domain.size() && host.ends_with(domain);
    }
    return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                              host[host.size() - domain.size() - 1] == '.');
}

}  // namespace

std::vector<std::string> parse_exceptions(const std::string& text) {
    std::vector<std::string> entries;
    constexpr std::string_view kSeparators = ", \t";
    for (std::size_t begin = text.find_first_not_of(kSeparators); begin != std::string::npos;) {
        const auto end = std::min(text.find_first_of(kSeparators, begin), text.size());
        entries.push_back(lower(std::string_view(text).substr(begin, end - begin)));
        begin = text.find_first_not_of(kSeparators, end);
    }
    return entries;
}

ProxyRules proxy_rules_of_environment() {
    return ProxyRules{.http_proxy = variable("HTTP_PROXY", "http_proxy"),
                      .https_proxy = variable("HTTPS_PROXY", "https_proxy"),
                      .exceptions = parse_exceptions(variable("NO_PROXY", "no_proxy"))};
}

std::string proxy_for(const UrlParts& url, const ProxyRules& rules) {
    const std::string& proxy = url.scheme == "https" ? rules.https_proxy : rules.http_proxy;
    if (proxy.empty()) {
        return "";
    }
    std::string host = lower(url.host);
    if (host.ends_with('.')) {
        host.pop_back();
    }
    const auto address = parse_address(host);
    const bool loopback = address ? address->is_loopback() : host == "localhost";
    if (loopback && !rules.includes_loopback) {
        return "";
    }
    const bool excepted = std::ranges::any_of(
        rules.exceptions, [&](const std::string& entry) { return matches(entry, host, address, url.port); });
    return excepted ? "" : proxy;
}

}  // namespace http_curl
