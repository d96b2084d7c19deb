// SPDX-License-Identifier: 0BSD
// Which proxy a URL goes through, by the environment's variables as Go programs read them.
#pragma once

#include <string>
#include <vector>

#include "io/http/curl/url.hpp"

namespace http_curl {

struct ProxyRules {
    std::string http_proxy;   // for http URLs
    std::string https_proxy;  // for https URLs
    // Entries of NO_PROXY: "*", an address, a CIDR, a domain with its subdomains, ".domain" for subdomains only; all but the
    // CIDR may carry a port.
    std::vector<std::string> exceptions;
    // An explicitly configured proxy serves loopback hosts too; one of the environment does not.
    bool includes_loopback = false;
};

// HTTP_PROXY, HTTPS_PROXY, NO_PROXY, in upper case first.
ProxyRules proxy_rules_of_environment();

// Entries separated by commas and blanks.
std::vector<std::string> parse_exceptions(const std::string& text);

// The proxy's URL, or empty for a direct connection.
std::string proxy_for(const UrlParts& url, const ProxyRules& rules);

}  // namespace http_curl
