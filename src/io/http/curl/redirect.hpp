// SPDX-License-Identifier: 0BSD
// Where a redirect leads, and what of the request goes along.
#pragma once

#include <optional>
#include <string>

#include "io/http/client.hpp"

namespace http_curl {

// True for the statuses that send the client elsewhere, when the response names a place.
bool is_redirect(const http::Response& response);

// `request` as it is sent to the place that `response` names: 301, 302 and 303 turn all but GET and HEAD into GET without
// body; credentials (Authorization, Cookie, the bearer token) stay with the host, port and scheme they were meant for.
// Errors: kInvalid, kForbidden (the place's URL).
base::Result<http::Request> redirect(http::Request request, const http::Response& response);

}  // namespace http_curl
