// SPDX-License-Identifier: 0BSD
// DecryptingFiles: files of which those that sops encrypted are decrypted when a build reads them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "engine/decrypt/keys.hpp"
#include "rules/kustomize/files.hpp"
#include "rules/sops/metadata.hpp"

namespace decrypt {

// Data keys that key services opened, by the path of the file.
using DataKeys = std::map<std::string, std::shared_ptr<const base::Secret>, std::less<>>;

// A file whose data key may lie behind a key service.
struct WantedKey {
    std::string path;
    sops::Metadata metadata;
};

// Files that no build asks for are never decrypted, so that one artifact may hold files for several clusters' keys. Not for
// use from two threads.
class DecryptingFiles final : public kustomize::Files {
public:
    // All of it outlives this.
    DecryptingFiles(const kustomize::Files& files, const Keys& keys, const DataKeys& data_keys)
        : files_(files), keys_(keys), data_keys_(data_keys) {}

    // A file that cannot be decrypted is not there; see failure().
    std::optional<std::string_view> read(std::string_view path) const override;
    bool is_directory(std::string_view path) const override { return files_.is_directory(path); }
    std::vector<Child> children(std::string_view directory) const override {
        return files_.children(directory);
    }

    // The first file that could not be decrypted, or nullopt. Errors: kInvalid, kLimitExceeded; names the file.
    const std::optional<base::Error>& failure() const { return failure_; }
    // Not empty when key services could open that file: its key first, then those of such files beside it. With the first
    // among `data_keys` the next attempt gets on.
    const std::vector<WantedKey>& wanted() const { return wanted_; }

private:
    // The decrypted text; nullopt for a file that is not encrypted.
    base::Result<std::optional<base::Secret>> open(std::string_view path, std::string_view text) const;
    void want_from(std::string_view path) const;
    void want(std::string_view path) const;

    const kustomize::Files& files_;
    const Keys& keys_;
    const DataKeys& data_keys_;
    mutable std::map<std::string, base::Secret, std::less<>> opened_;
    mutable std::optional<base::Error> failure_;
    mutable std::vector<WantedKey> wanted_;
};

}  // namespace decrypt
