// SPDX-License-Identifier: 0BSD
// Files that a user names on the command line, "-" for standard input.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace stagesetctl {

// How messages call it.
std::string shown_path(std::string_view path);

// Errors: kNotFound, kInvalid (cannot be read), kLimitExceeded; the message names the file.
base::Result<std::string> read_text_file(const std::string& path, std::size_t bytes_max);

}  // namespace stagesetctl
