// SPDX-License-Identifier: 0BSD
// EncryptedFile: a file that sops encrypted; its keys, and its text given the data key.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "rules/sops/format.hpp"
#include "rules/sops/metadata.hpp"

namespace sops {

class EncryptedFile {
public:
    // nullopt for a file without sops metadata: it is to be used byte for byte.
    // Errors: kInvalid for metadata, or a file with metadata, that cannot be read; kLimitExceeded.
    static base::Result<std::optional<EncryptedFile>> parse(std::string_view text, Format format,
                                                            Limits limits = {});

    const Metadata& metadata() const { return metadata_; }
    // The text without the metadata, its MAC checked. Errors: kInvalid for another key or a changed file; messages name at
    // most a value's path.
    base::Result<base::Secret> decrypt(const base::Secret& data_key) const;

private:
    EncryptedFile() = default;
    std::string text_;
    Format format_ = Format::kBinary;
    Limits limits_;
    Metadata metadata_;
};

}  // namespace sops
