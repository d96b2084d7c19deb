// SPDX-License-Identifier: 0BSD
// Fills a parsed template from an object.
#pragma once

#include <string>

#include "base/result.hpp"
#include "rules/jsonpath/node.hpp"
#include "rules/jsonpath/template.hpp"

namespace jsonpath {

// `nodes` are the top level of a template. Errors: as Template::evaluate().
base::Result<std::string> evaluate_nodes(const Nodes& nodes, const model::Value& root, Options options);

}  // namespace jsonpath
