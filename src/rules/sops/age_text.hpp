// SPDX-License-Identifier: 0BSD
// The writings of age: bech32 for keys, unpadded base64 in headers, armor around files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace sops {

// The bytes of a bech32 text in one case whose human-readable part is `prefix` (lower case); nullopt if it is none.
std::optional<base::Secret> decode_bech32(std::string_view text, std::string_view prefix);
// Base64 without padding, blanks or needless bits.
std::optional<std::string> decode_unpadded(std::string_view text);
// The file within "-----BEGIN AGE ENCRYPTED FILE-----"; the text itself when it has no armor; nullopt for broken armor.
std::optional<std::string> without_armor(std::string_view text);

}  // namespace sops
