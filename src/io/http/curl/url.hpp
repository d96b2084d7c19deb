// SPDX-License-Identifier: 0BSD
// The parts of an absolute URL that a client decides by: scheme, host, port.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace http_curl {

struct UrlParts {
    std::string scheme;  // "http" or "https"
    std::string host;    // without brackets and user, as written
    std::string port;    // as written or the scheme's default
    // Where host and port stand in the URL, for replacing them.
    std::size_t authority_begin = 0;
    std::size_t authority_end = 0;

    // "host:port" for messages; an IPv6 address in brackets.
    std::string address() const;
};

// Does not check what libcurl checks later (characters, port range).
// Errors: kInvalid (not absolute, no host), kForbidden (neither http nor https).
base::Result<UrlParts> split_url(std::string_view url);

// Where `location`, absolute or relative, leads from `url`. Errors: kInvalid.
base::Result<std::string> resolve_location(const std::string& url, const std::string& location);

}  // namespace http_curl
