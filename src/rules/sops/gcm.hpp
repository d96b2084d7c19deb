// SPDX-License-Identifier: 0BSD
// AES-256-GCM, as each value is sealed with.
#pragma once

#include <optional>
#include <string_view>

#include "base/secret.hpp"

namespace sops {

// Opens `sealed`. The initialisation vector may have any length. nullopt when the tag does not fit, or a length is wrong.
std::optional<base::Secret> open_gcm(std::string_view key, std::string_view iv, std::string_view additional,
                                     std::string_view sealed, std::string_view tag);

}  // namespace sops
