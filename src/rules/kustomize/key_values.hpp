// SPDX-License-Identifier: 0BSD
// The pairs of key and value that generator sources hold.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace kustomize {

struct KeyValue {
    std::string key;
    std::string value;
};

// "key=value"; quotes around the value go. Errors: kInvalid (no key or no '=').
base::Result<KeyValue> parse_literal(std::string_view text);

struct FileSource {
    std::string key;
    std::string path;
};
// "path", whose key is its last part, or "key=path". Errors: kInvalid (either part is empty, or more than one '=').
base::Result<FileSource> parse_file_source(std::string_view text);

// The lines of an env file: blank ones and comments are left out, a line without '=' has an empty value.
// Errors: kInvalid (a line that is no UTF-8).
base::Result<std::vector<KeyValue>> parse_env_file(std::string_view text);

// Base64 in lines of 70 letters, each ended, when it does not fit in one.
std::string base64_lines(std::string_view bytes);

}  // namespace kustomize
