// SPDX-License-Identifier: 0BSD
// How a download that broke off is gone on with (RFC 9110, 13.1.5 and 14): pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "io/http/client.hpp"

namespace artifact {

// What tells one state of a resource from another: its strong ETag, else the time of its last change; may be empty.
std::string validator_of(const http::Response& answer);

// The headers that ask for what follows the first `have` bytes of the resource as `validator` says that it was.
std::vector<http::Header> range_headers(std::size_t have, const std::string& validator);

// Whether the 206 is just what range_headers() asked for: it starts there, reaches the end, and is of the same state.
bool continues(const http::Response& answer, std::size_t have, const std::string& validator);

}  // namespace artifact
