// SPDX-License-Identifier: 0BSD
// What libcurl reports, as an Error with a sentence that stays the same when the same thing happens again.
#pragma once

#include <string>

#include <curl/curl.h>

#include "base/error.hpp"

namespace http_curl {

struct Failure {
    CURLcode code = CURLE_OK;
    std::string address;     // host:port that was asked
    std::string proxy;       // empty: none
    std::string error_text;  // libcurl's own words, may be empty
    long system_error = 0;   // errno of the last failed call, or 0
};

base::Error describe(const Failure& failure);

}  // namespace http_curl
