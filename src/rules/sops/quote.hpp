// SPDX-License-Identifier: 0BSD
// Texts in double quotes, as JSON and YAML write them.
#pragma once

#include <string_view>

#include "base/secret.hpp"

namespace sops {

// Adds `text` as a JSON string. A byte that is no UTF-8 becomes the replacement character, as with Go's encoding/json.
void append_json_string(base::Secret& out, std::string_view text);
// Adds `text` as a YAML scalar in double quotes: as in JSON, and what a YAML reader refuses or takes for a line break is escaped
// as well; what is no UTF-8 stays as it is, and a reader of YAML refuses it.
void append_yaml_string(base::Secret& out, std::string_view text);

}  // namespace sops
