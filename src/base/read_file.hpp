// SPDX-License-Identifier: 0BSD
// Small local files (configuration, certificates, tokens) as text.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"

namespace base {

// The file's bytes. Errors: kNotFound, kInvalid (cannot be read, with the system's reason), kLimitExceeded.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max);
// The same of what is open already; `name` stands for it in messages.
Result<std::string> read_descriptor(int descriptor, const std::string& name, std::size_t bytes_max);

}  // namespace base
