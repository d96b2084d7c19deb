// SPDX-License-Identifier: 0BSD
// Small local files (kubeconfig, certificates, tokens) as text.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"

namespace kube {

// The file's bytes. Errors: kNotFound, kInvalid (cannot be read, with the system's reason), kLimitExceeded.
base::Result<std::string> read_file(const std::string& path, std::size_t bytes_max);

}  // namespace kube
