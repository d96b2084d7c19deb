// SPDX-License-Identifier: 0BSD
// What a YAML scalar's text means: the table that sigs.k8s.io/yaml and every kubectl share (YAML 1.1 with Go's numbers).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/value.hpp"
#include "model/yaml.hpp"

namespace model {

// The value of a plain scalar without tag: null, bool, integer, double (whole ones too, and infinities) or string.
// Timestamps stay strings.
Value resolve_plain(std::string_view text, YamlDialect dialect);

// The value of a scalar that carries `tag` ("tag:yaml.org,2002:int", "!local", …). Tags that are not of YAML's own leave
// the text as it is. Errors: kInvalid when the text is nothing of that kind.
base::Result<Value> resolve_tagged(std::string_view tag, std::string_view text, YamlDialect dialect);

// A mapping's key as JSON knows it: 1 → "1", true → "true". Errors: kInvalid for null, maps and lists.
base::Result<std::string> key_text(const Value& key);

// Whether a reader takes the plain text for something other than a string; asked before writing it unquoted.
bool needs_quotes(std::string_view text);

}  // namespace model
