// SPDX-License-Identifier: 0BSD
#include "rules/sops/encrypted_file.hpp"

#include <fmt/format.h>

#include "rules/sops/metadata_read.hpp"
#include "rules/sops/opener.hpp"

namespace sops {
namespace {

base::Result<Block> block_of(std::string_view text, Format format, const Limits& limits) {
    switch (format) {
        case Format::kYaml: return yaml_block(text, limits);
        case Format::kJson:
        case Format::kBinary: return json_block(text, limits);
        case Format::kDotenv: return dotenv_block(text);
        case Format::kIni: return ini_block(text);
    }
    return Block();
}

base::Result<base::Secret> open(std::string_view text, Format format, const Limits& limits, Opener& opener) {
    switch (format) {
        case Format::kYaml: return open_yaml(text, limits, opener);
        case Format::kJson: return open_json(text, limits, opener);
        case Format::kBinary: return open_binary(text, limits, opener);
        case Format::kDotenv: return open_dotenv(text, opener);
        case Format::kIni: return open_ini(text, opener);
    }
    return base::Secret();
}

}  // namespace

Format format_of(std::string_view file_name) {
    if (file_name.ends_with(".yaml") || file_name.ends_with(".yml")) {
        return Format::kYaml;
    }
    if (file_name.ends_with(".json")) {
        return Format::kJson;
    }
    if (file_name.ends_with(".env")) {
        return Format::kDotenv;
    }
    return file_name.ends_with(".ini") ? Format::kIni : Format::kBinary;
}

base::Result<std::optional<EncryptedFile>> EncryptedFile::parse(std::string_view text, Format format,
                                                                Limits limits) {
    if (text.find("sops") == std::string_view::npos) {
        return std::optional<EncryptedFile>();
    }
    // Only sops writes this word: where it stands, a block that cannot be read is an error, lest ciphertext passes for content.
    const bool is_sealed = text.find("ENC[AES256_GCM,") != std::string_view::npos;
    if (text.size() > limits.bytes_max) {
        if (!is_sealed) {
            return std::optional<EncryptedFile>();
        }
        return base::Error{
            .code = base::ErrorCode::kLimitExceeded,
            .message = fmt::format("the encrypted file is larger than {} bytes", limits.bytes_max)};
    }
    auto block = block_of(text, format, limits);
    if (!block) {
        return is_sealed ? base::Result<std::optional<EncryptedFile>>(std::move(block.error()))
                         : std::optional<EncryptedFile>();
    }
    if (!*block || !(is_sealed || is_metadata(**block))) {
        return std::optional<EncryptedFile>();
    }
    auto metadata = read_metadata(**block);
    if (!metadata) {
        return std::move(metadata.error());
    }
    EncryptedFile file;
    file.text_ = text;
    file.format_ = format;
    file.limits_ = limits;
    file.metadata_ = std::move(*metadata);
    return std::optional(std::move(file));
}

base::Result<base::Secret> EncryptedFile::decrypt(const base::Secret& data_key) const {
    auto opener = Opener::start(metadata_, data_key);
    if (!opener) {
        return std::move(opener.error());
    }
    auto opened = open(text_, format_, limits_, *opener);
    if (!opened) {
        return std::move(opened.error());
    }
    auto checked = opener->finish();
    if (!checked) {
        return std::move(checked.error());
    }
    return opened;
}

}  // namespace sops
