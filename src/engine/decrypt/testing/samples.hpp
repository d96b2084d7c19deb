// SPDX-License-Identifier: 0BSD
// A file that sops 3.13.3 encrypted, and the key that it made it for. The key protects nothing.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/decrypt/keys.hpp"
#include "rules/kustomize/files.hpp"

namespace decrypt::testing {

extern const char* const kIdentity;   // age
extern const char* const kPlain;      // a Secret in YAML, its value "hunter2"
extern const char* const kEncrypted;  // the same for kIdentity

// kEncrypted with its data key behind HashiCorp Vault instead.
std::string behind_vault(std::string text);
std::shared_ptr<const Keys> keys_with(const std::string& identity);
std::shared_ptr<const base::Secret> data_key();

class MapFiles final : public kustomize::Files {
public:
    explicit MapFiles(std::map<std::string, std::string, std::less<>> files) : files_(std::move(files)) {}
    std::optional<std::string_view> read(std::string_view path) const override;
    bool is_directory(std::string_view path) const override;
    std::vector<Child> children(std::string_view directory) const override;

private:
    std::map<std::string, std::string, std::less<>> files_;
};

}  // namespace decrypt::testing
