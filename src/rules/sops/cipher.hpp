// SPDX-License-Identifier: 0BSD
// Opens single values: "ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]".
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "rules/sops/scalar.hpp"

namespace sops {

// Opens `text` with the 32-byte data key; `additional` is the value's path with ':' behind each part. An empty text is itself.
//
// Errors: kInvalid when the text has not that form, its type is unknown, or key, place or text were changed. They quote nothing.
base::Result<Scalar> decrypt_value(std::string_view text, const base::Secret& key,
                                   std::string_view additional);

// A float without exponent, the shortest digits that read the same; "NaN", "+Inf", "-Inf": the form under the MAC.
base::Secret fixed_number(double number);

}  // namespace sops
