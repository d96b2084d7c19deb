// SPDX-License-Identifier: 0BSD
// Quoted texts within a template: Go's escapes, in double or single quotes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace jsonpath {

// The text that `quoted` (with its quotes) stands for; nullopt when malformed.
std::optional<std::string> unquote(std::string_view quoted);

}  // namespace jsonpath
