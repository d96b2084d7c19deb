// SPDX-License-Identifier: 0BSD
// age: X25519 identities, and the age v1 files that they open.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace sops {

// One X25519 private key.
class AgeIdentity {
public:
    // Reads "AGE-SECRET-KEY-1…". Errors: kInvalid; the message does not quote the text.
    static base::Result<AgeIdentity> parse(std::string_view text);

    std::string_view private_key() const { return private_key_.reveal(); }
    std::string_view public_key() const { return public_key_; }

private:
    base::Secret private_key_;
    std::string public_key_;
};

// Reads the lines of an identity file; empty lines and comments (#) are skipped.
// Errors: kInvalid for another line, with its number, and when there is no identity; kLimitExceeded above 1000.
base::Result<std::vector<AgeIdentity>> parse_age_identities(std::string_view text);

// Opens an age file, armored or binary, with the first identity that fits.
//
// Errors:
//   kNotFound       no identity fits
//   kInvalid        no age v1 file, or one that was changed
//   kLimitExceeded  more than 1 MiB or 1000 recipients
base::Result<base::Secret> decrypt_age(std::string_view file, const std::vector<AgeIdentity>& identities);

}  // namespace sops
