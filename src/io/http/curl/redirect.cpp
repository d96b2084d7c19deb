// SPDX-License-Identifier: 0BSD
#include "io/http/curl/redirect.hpp"

#include <algorithm>
#include <string_view>

#include "io/http/curl/url.hpp"

namespace http_curl {

namespace {

bool equal_names(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

void drop_headers(http::Request& request, std::initializer_list<std::string_view> names) {
    std::erase_if(request.headers, [&](const http::Header& header) {
        return std::ranges::any_of(names,
                                   [&](std::string_view name) { return equal_names(header.name, name); });
    });
}

}  // namespace

bool is_redirect(const http::Response& response) {
    switch (response.status) {
        case 301:
        case 302:
        case 303:
        case 307:
        case 308: return !response.header("location").empty();
        default: return false;
    }
}

base::Result<http::Request> redirect(http::Request request, const http::Response& response) {
    auto url = resolve_location(request.url, std::string(response.header("location")));
    if (!url) {
        return url.error();
    }
    const auto from = split_url(request.url);
    const auto to = split_url(*url);
    if (!to) {
        return to.error();
    }
    if (!from || from->scheme != to->scheme || !equal_names(from->host, to->host) || from->port != to->port) {
        drop_headers(request, {"authorization", "cookie", "www-authenticate", "host"});
        request.bearer.reset();
    }
    const bool keeps_method = response.status == 307 || response.status == 308;
    if (!keeps_method && request.method != "GET" && request.method != "HEAD") {
        request.method = "GET";
        request.body.clear();
        drop_headers(request, {"content-type", "content-length", "content-encoding"});
    }
    request.url = std::move(*url);
    return request;
}

}  // namespace http_curl
