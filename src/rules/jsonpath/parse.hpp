// SPDX-License-Identifier: 0BSD
// From a template's text to its nodes.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "rules/jsonpath/node.hpp"

namespace jsonpath {

// The top level: constants for the texts between, a list for each {…}. Errors: as Template::parse().
base::Result<Nodes> parse_nodes(std::string_view text);

}  // namespace jsonpath
