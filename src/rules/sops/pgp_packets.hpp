// SPDX-License-Identifier: 0BSD
// Whom an OpenPGP message is encrypted for, read from its first packets.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sops {

// The key ids of the public-key encrypted session key packets (RFC 4880 section 5.1) that begin a binary message; 0 stands for a
// recipient that is not named. Empty for anything else. At most 1000.
std::vector<std::uint64_t> recipients_of(std::string_view message);

}  // namespace sops
