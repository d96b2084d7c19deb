// SPDX-License-Identifier: 0BSD
#include "io/http/curl/failure.hpp"

#include <system_error>

namespace http_curl {

namespace {

// libcurl's text, where it says more than the code and holds no times and counters that differ each time.
std::string cause(const Failure& failure) {
    if (failure.system_error != 0) {
        return ": " + std::generic_category().message(static_cast<int>(failure.system_error));
    }
    return "";
}

std::string words(const Failure& failure) {
    return failure.error_text.empty() ? curl_easy_strerror(failure.code) : failure.error_text;
}

// The proxy may carry a user and a password.
std::string proxy_address(const std::string& proxy) {
    const auto at = proxy.rfind('@');
    const auto scheme = proxy.find("://");
    return at == std::string::npos ? proxy.substr(scheme == std::string::npos ? 0 : scheme + 3)
                                   : proxy.substr(at + 1);
}

std::string via(const Failure& failure) {
    return failure.proxy.empty() ? "" : " through proxy " + proxy_address(failure.proxy);
}

base::Error unavailable(std::string message) {
    return base::Error{base::ErrorCode::kUnavailable, std::move(message)};
}

}  // namespace

base::Error describe(const Failure& failure) {
    const std::string target = failure.address + via(failure);
    // Every code that is not named here is a fault of the connection or the protocol too: libcurl's words tell which.
    const int code = failure.code;
    switch (code) {
        case CURLE_URL_MALFORMAT:
            return base::Error{base::ErrorCode::kInvalid,
                               "the URL with host " + failure.address + " cannot be parsed"};
        case CURLE_OUT_OF_MEMORY: return base::Error{base::ErrorCode::kInternal, "libcurl has no memory"};
        case CURLE_COULDNT_RESOLVE_HOST: return unavailable("cannot resolve the name of " + failure.address);
        case CURLE_COULDNT_RESOLVE_PROXY:
            return unavailable("cannot resolve the name of proxy " + proxy_address(failure.proxy));
        case CURLE_COULDNT_CONNECT: return unavailable("cannot connect to " + target + cause(failure));
        case CURLE_OPERATION_TIMEDOUT: return unavailable("connecting to " + target + " takes too long");
        case CURLE_GOT_NOTHING: return unavailable(target + " closed the connection before it answered");
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_PARTIAL_FILE:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
            return unavailable("the connection to " + target + " was lost" + cause(failure));
        case CURLE_PEER_FAILED_VERIFICATION:
            return unavailable("the certificate of " + failure.address +
                               " is not trusted: " + words(failure));
        case CURLE_SSL_CONNECT_ERROR:
            return unavailable("TLS with " + failure.address + " failed: " + words(failure));
        case CURLE_SSL_CACERT_BADFILE:
            return unavailable("the CA certificates for " + failure.address +
                               " cannot be read: " + words(failure));
        case CURLE_SSL_CERTPROBLEM:
            return unavailable("the client certificate for " + failure.address +
                               " cannot be used: " + words(failure));
        default: return unavailable("the exchange with " + target + " failed: " + words(failure));
    }
}

}  // namespace http_curl
