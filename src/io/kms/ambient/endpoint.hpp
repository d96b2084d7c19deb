// SPDX-License-Identifier: 0BSD
// Endpoint: where a service is asked, as the parts of a URL that decide who gets a credential.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace kms_ambient {

struct Endpoint {
    std::string scheme;      // "http" or "https"
    std::string host;        // lower case; an IPv6 address in its brackets
    std::uint16_t port = 0;  // the scheme's own when the URL names none
    std::string path;        // "" or "/vault": without a slash at its end

    // "kms.us-east-1.amazonaws.com", "127.0.0.1:8200": what the Host header says.
    std::string authority() const;
    // "https://127.0.0.1:8200/vault"
    std::string url() const;
    // Equal scheme, host and port: whoever gets a credential here is the one who gets it there.
    bool same_origin(const Endpoint& other) const;
};

// Reads "https://host[:port][/path]". Stricter than a client has to be: no user, query, fragment, escape or dot segment, since
// readers of URLs disagree on those. Errors: kInvalid; the message names `what` and does not quote the URL.
base::Result<Endpoint> parse_endpoint(std::string_view url, std::string_view what);

}  // namespace kms_ambient
