// SPDX-License-Identifier: 0BSD
// OpenPGP: private keys in ASCII armor (RFC 4880), and the encrypted messages that they open. In memory only: no keyring on
// disk, no agent, no network.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace sops {

// One armored block: a primary key with its subkeys, or several of them.
struct PgpKeyBlock {
    base::Secret packets;                // binary
    std::vector<std::uint64_t> key_ids;  // of the keys and subkeys that can decrypt
};

// Reads all blocks of private keys in `text`; what stands between them, public keys too, is skipped. Keys that have expired
// count, as they do for gpg.
//
// Errors: none quotes the text.
//   kInvalid        no private key, one that cannot be read, or one that a passphrase protects
//   kLimitExceeded  more than 1 MiB or 100 blocks
base::Result<std::vector<PgpKeyBlock>> parse_pgp_keys(std::string_view text);

// Opens an armored message with the block whose key it is encrypted for.
//
// Errors:
//   kNotFound       it is for other keys, or does not name them
//   kInvalid        no encrypted message, one that was changed, or one without integrity protection
//   kLimitExceeded  more than 64 KiB, or more than 4 KiB of content: a data key is 33 bytes at most
base::Result<base::Secret> decrypt_pgp(std::string_view message, const std::vector<PgpKeyBlock>& keys);

}  // namespace sops
