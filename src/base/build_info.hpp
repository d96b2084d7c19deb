// SPDX-License-Identifier: 0BSD
// Which build this is: for the first log record, the CLI's version verb and the User-Agent header.
#pragma once

#include <string_view>

namespace base {

// The project's version: "0.1.0".
std::string_view version();
// The short git hash of the sources, as of the last run of CMake; "unknown" without git.
std::string_view commit();

}  // namespace base
