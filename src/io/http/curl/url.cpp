// SPDX-License-Identifier: 0BSD
#include "io/http/curl/url.hpp"

#include <algorithm>
#include <memory>

#include <curl/curl.h>

namespace http_curl {

namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

// A URL in a message must not show the password that may stand in it.
std::string printable(std::string_view url) {
    const auto at = url.find('@');
    const auto scheme = url.find("://");
    if (at == std::string_view::npos || scheme == std::string_view::npos || at < scheme) {
        return std::string(url);
    }
    return std::string(url.substr(0, scheme + 3)) + "…" + std::string(url.substr(at));
}

}  // namespace

std::string UrlParts::address() const {
    return host.find(':') == std::string::npos ? host + ":" + port : "[" + host + "]:" + port;
}

base::Result<UrlParts> split_url(std::string_view url) {
    const auto colon = url.find("://");
    if (colon == std::string_view::npos || colon == 0) {
        return base::Error{base::ErrorCode::kInvalid, "\"" + printable(url) + "\" is not an absolute URL"};
    }
    UrlParts parts;
    parts.scheme = lower(url.substr(0, colon));
    if (parts.scheme != "http" && parts.scheme != "https") {
        return base::Error{base::ErrorCode::kForbidden,
                           "scheme \"" + parts.scheme + "\" is neither http nor https"};
    }
    const auto begin = colon + 3;
    parts.authority_end = std::min(url.find_first_of("/?#\\", begin), url.size());
    std::string_view authority = url.substr(begin, parts.authority_end - begin);
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        authority.remove_prefix(at + 1);
    }
    parts.authority_begin = parts.authority_end - authority.size();
    const auto bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
    const auto port = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const auto host = authority.substr(0, port);
    parts.host = bracket == std::string_view::npos ? host : host.substr(1, bracket - 1);
    if (port != std::string_view::npos) {
        parts.port = authority.substr(port + 1);
    }
    if (parts.port.empty()) {
        parts.port = parts.scheme == "https" ? "443" : "80";
    }
    if (parts.host.empty()) {
        return base::Error{base::ErrorCode::kInvalid, "\"" + printable(url) + "\" names no host"};
    }
    return parts;
}

base::Result<std::string> resolve_location(const std::string& url, const std::string& location) {
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> handle(curl_url(), &curl_url_cleanup);
    char* text = nullptr;
    // The scheme is judged by split_url() at the next hop, so that the refusal names it.
    if (curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
        curl_url_set(handle.get(), CURLUPART_URL, location.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
        curl_url_set(handle.get(), CURLUPART_FRAGMENT, nullptr, 0) != CURLUE_OK ||
        curl_url_get(handle.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) {
        return base::Error{base::ErrorCode::kInvalid,
                           "cannot follow the redirect to \"" + printable(location) + "\""};
    }
    const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
    return std::string(text);
}

}  // namespace http_curl
