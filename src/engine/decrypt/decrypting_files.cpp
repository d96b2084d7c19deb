// SPDX-License-Identifier: 0BSD
#include "engine/decrypt/decrypting_files.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "rules/sops/encrypted_file.hpp"

namespace decrypt {

namespace {

bool is_service_key(const sops::MasterKey& key) {
    return !std::holds_alternative<sops::AgeKey>(key) && !std::holds_alternative<sops::PgpKey>(key);
}

bool has_service_keys(const sops::Metadata& metadata) {
    return std::ranges::any_of(metadata.groups, [](const sops::KeyGroup& group) {
        return std::ranges::any_of(group.keys, is_service_key);
    });
}

std::string directory_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

}  // namespace

std::optional<std::string_view> DecryptingFiles::read(std::string_view path) const {
    const auto text = files_.read(path);
    if (!text) {
        return std::nullopt;
    }
    if (const auto known = opened_.find(path); known != opened_.end()) {
        return known->second.reveal();
    }
    auto plain = open(path, *text);
    if (!plain) {
        if (!failure_) {
            failure_ = base::wrap(fmt::format("file \"{}\"", path), plain.error());
            want_from(path);
        }
        return std::nullopt;
    }
    if (!*plain) {
        return text;
    }
    return opened_.emplace(path, std::move(**plain)).first->second.reveal();
}

base::Result<std::optional<base::Secret>> DecryptingFiles::open(std::string_view path,
                                                                std::string_view text) const {
    const auto file = sops::EncryptedFile::parse(text, sops::format_of(path));
    if (!file) {
        return file.error();
    }
    if (!*file) {
        return std::optional<base::Secret>();
    }
    const auto served = data_keys_.find(path);
    auto data_key = served != data_keys_.end() ? base::Result<base::Secret>(served->second->clone())
                                               : sops::find_data_key((*file)->metadata(), keys_.identities);
    if (!data_key) {
        return data_key.error();
    }
    auto plain = (*file)->decrypt(*data_key);
    if (!plain) {
        return plain.error();
    }
    return std::optional<base::Secret>(std::move(*plain));
}

// Those beside it are asked for together with the file itself, so that there is an attempt a directory, not one a file.
void DecryptingFiles::want_from(std::string_view path) const {
    want(path);
    if (wanted_.empty()) {
        return;
    }
    const std::string directory = directory_of(path);
    for (const Child& child : files_.children(directory)) {
        const std::string sibling =
            directory.empty() ? child.name : fmt::format("{}/{}", directory, child.name);
        if (!child.directory && sibling != path) {
            want(sibling);
        }
    }
}

void DecryptingFiles::want(std::string_view path) const {
    const auto text = files_.read(path);
    if (!text || data_keys_.contains(path)) {
        return;
    }
    const auto file = sops::EncryptedFile::parse(*text, sops::format_of(path));
    if (file && *file && has_service_keys((*file)->metadata()) &&
        !sops::find_data_key((*file)->metadata(), keys_.identities)) {
        wanted_.push_back({std::string(path), (*file)->metadata()});
    }
}

}  // namespace decrypt
