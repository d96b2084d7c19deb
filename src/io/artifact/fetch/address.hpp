// SPDX-License-Identifier: 0BSD
// Which addresses an artifact may be fetched from: the cluster's network and the outside, not this machine or its metadata.
#pragma once

#include <string_view>

#include "base/result.hpp"

namespace artifact {

// Judges a numeric address at each dial ("10.0.0.7", "fe80::1%eth0", "::ffff:127.0.0.1"). Refused: loopback, link-local (cloud
// metadata), multicast, unspecified, IPv6 that is translated or tunnelled to one of these (NAT64, 6to4), and what is no
// address. Private ranges are allowed: artifact servers live there. `allow_loopback` is for development only.
bool address_allowed(std::string_view address, bool allow_loopback);

// Judges a URL before anything is resolved: http or https, a host, no credentials, and not a refused address, in whatever
// spelling a C library takes ("127.1", "0x7f000001", "2130706433"), nor localhost.
// Errors: kInvalid (not such a URL), kForbidden (scheme or host).
base::Result<void> check_url(std::string_view url, bool allow_loopback);

}  // namespace artifact
