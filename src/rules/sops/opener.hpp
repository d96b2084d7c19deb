// SPDX-License-Identifier: 0BSD
// Opener: decrypts the values of one file in their order and checks the file's MAC at the end; the same for all formats.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "rules/sops/metadata.hpp"
#include "rules/sops/scalar.hpp"
#include "rules/sops/selection.hpp"

namespace sops {

class Opener {
public:
    // Both outlive the opener. Errors: kInvalid as Selection::compile, and for a key that is not 32 bytes.
    static base::Result<Opener> start(const Metadata& metadata, const base::Secret& data_key);

    Opener(Opener&&) noexcept;
    ~Opener();

    // The value at `path`, decrypted if the rules say so. Errors: kInvalid; the message names the path.
    base::Result<Scalar> open(const Path& path, const std::vector<std::string>& comments, Scalar found);
    // The text of a comment: decrypted at the first of `paths` where that works, else as it is.
    base::Secret open_comment(std::string_view text, const std::vector<Path>& paths) const;
    // Errors: kInvalid when the MAC is absent, not to be opened, or of other values.
    base::Result<void> finish();

private:
    struct Hash;
    Opener(const Metadata& metadata, const base::Secret& data_key, Selection selection);
    void add(std::string_view bytes);

    const Metadata* metadata_;
    const base::Secret* data_key_;
    Selection selection_;
    std::unique_ptr<Hash> hash_;
};

}  // namespace sops
