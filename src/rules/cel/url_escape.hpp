// SPDX-License-Identifier: 0BSD
// Percent-encoding by the part of a URL: what may stand there unescaped, and how escapes are read.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace cel {

enum class UrlPart { kPath, kHost, kZone, kUser, kQuery, kFragment };

// Whether `text` holds nothing that the part must escape, other than escapes themselves.
bool is_validly_escaped(std::string_view text, UrlPart part);
std::string escape_url(std::string_view text, UrlPart part);
// The bytes that `text` means; or why it means none.
std::expected<std::string, std::string> unescape_url(std::string_view text, UrlPart part);

}  // namespace cel
