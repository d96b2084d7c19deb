// SPDX-License-Identifier: 0BSD
// The formats of encrypted files: where each keeps its metadata, and its text with all values opened.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "model/value.hpp"
#include "rules/sops/opener.hpp"

namespace sops {

enum class Format { kYaml, kJson, kDotenv, kIni, kBinary };

// By suffix, as sops does: .yaml and .yml, .json, .env, .ini; all else is binary.
Format format_of(std::string_view file_name);

// Bounds on files that strangers wrote.
struct Limits {
    std::size_t bytes_max = std::size_t{16} << 20U;  // an object of the API ends at 1.5 MiB
    std::size_t depth_max = 100;
    std::size_t nodes_max = 200'000;
};

// The metadata block, or what stands in its place; empty where that is no map; nullopt for a file without one.
// Errors: kInvalid for a text that carries the marker and cannot be read; kLimitExceeded. The caller knows whether they count: a
// file that is not of sops may be anything.
using Block = std::optional<model::Object>;
base::Result<Block> yaml_block(std::string_view text, const Limits& limits);
base::Result<Block> json_block(std::string_view text, const Limits& limits);
base::Result<Block> dotenv_block(std::string_view text);
base::Result<Block> ini_block(std::string_view text);

// The text with all values opened and without the block. The caller checks the MAC before it uses the text.
base::Result<base::Secret> open_yaml(std::string_view text, const Limits& limits, Opener& opener);
base::Result<base::Secret> open_json(std::string_view text, const Limits& limits, Opener& opener);
base::Result<base::Secret> open_binary(std::string_view text, const Limits& limits, Opener& opener);
base::Result<base::Secret> open_dotenv(std::string_view text, Opener& opener);
base::Result<base::Secret> open_ini(std::string_view text, Opener& opener);

}  // namespace sops
