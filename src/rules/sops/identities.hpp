// SPDX-License-Identifier: 0BSD
// Identities: the private keys of a decryption Secret, and the data keys that they open.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "rules/sops/age.hpp"
#include "rules/sops/metadata.hpp"
#include "rules/sops/pgp.hpp"

namespace sops {

class Identities {
public:
    // `data` is the decoded data of the Secret: entries ending in .agekey (age identities) and .asc (armored OpenPGP private
    // keys) count, others are ignored.
    // Errors: kInvalid for a key that cannot be read or that a passphrase protects; kLimitExceeded.
    // Messages name the entry, never its content.
    static base::Result<Identities> parse(const std::map<std::string, base::Secret>& data);

    // The data key, or the share of it, behind `key`. Errors: kNotFound when no identity opens it, kInvalid when it is broken.
    base::Result<base::Secret> unwrap(const MasterKey& key) const;

private:
    std::vector<AgeIdentity> age_;
    std::vector<PgpKeyBlock> pgp_;
};

// The data key from what was opened of each group, in the metadata's order; a group without an opened part is nullopt.
// Errors: kInvalid when fewer groups are open than the threshold asks for.
base::Result<base::Secret> combine(const std::vector<std::optional<base::Secret>>& parts, int threshold);

// Opens groups with the identities alone, as many as are needed. Errors: as `combine`.
base::Result<base::Secret> find_data_key(const Metadata& metadata, const Identities& identities);

}  // namespace sops
