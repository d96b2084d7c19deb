// SPDX-License-Identifier: 0BSD
// What is read of OpenPGP before the library sees it: armor, and whom a message is encrypted for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/secret.hpp"

namespace sops {

// The bytes of the first block of `kind` ("MESSAGE") in ASCII armor (RFC 4880 section 6.2); nullopt when there is none, or a
// broken one. Its checksum is not looked at: messages and keys have better ones. The library would print what it does not
// understand.
std::optional<base::Secret> without_pgp_armor(std::string_view text, std::string_view kind);

// The key ids of the public-key encrypted session key packets (RFC 4880 section 5.1) that begin a binary message; 0 stands for a
// recipient that is not named. Empty for anything else. At most 1000.
std::vector<std::uint64_t> recipients_of(std::string_view message);

}  // namespace sops
