// SPDX-License-Identifier: 0BSD
// Parser: from the source of an expression to its tree.
#pragma once

#include <expected>
#include <string_view>

#include "rules/cel/ast.hpp"
#include "rules/cel/source.hpp"

namespace cel {

struct ParseOptions {
    bool macros = true;
    bool optional_syntax = false;
    bool two_variable_macros = false;
    bool bind_macros = false;
    bool farthest_macros = false;  // math.least and math.greatest, where the library of numbers is there
    bool sort_macro = false;       // list.sortBy(variable, key), where the library of lists is there
    int depth_max = 250;
};

// The source outlives the tree. Fills `ast`; answers the first problem, if any.
std::expected<void, Problem> parse(std::string_view source, const ParseOptions& options, Ast& ast);

}  // namespace cel
