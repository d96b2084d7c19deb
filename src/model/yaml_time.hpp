// SPDX-License-Identifier: 0BSD
// Times as YAML 1.1 knows them in plain text, and how Go writes them in JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace model {

// The RFC 3339 text of a date (2001-12-14) or time (2001-12-14 21:59:43.10), in UTC where no zone is given; nullopt when a reader
// of YAML 1.1 takes `text` for a string.
std::optional<std::string> rfc3339_text(std::string_view text);

}  // namespace model
