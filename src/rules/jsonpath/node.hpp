// SPDX-License-Identifier: 0BSD
// Node: one step of a parsed template.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "model/value.hpp"

namespace jsonpath {

struct Node;
using Nodes = std::vector<Node>;

enum class NodeKind {
    kList,        // branches[0], one after the other
    kConstant,    // a text, number or bool
    kField,       // a map's value; `text` is the key
    kArray,       // [from:to:step]
    kFilter,      // [?(left operator right)]; `text` is the operator, empty for "exists"
    kWildcard,    // .*
    kRecursive,   // ..
    kUnion,       // [a,b]: each of the branches
    kIdentifier,  // range, end, or an unknown word
};

struct Bound {
    bool known = false;
    bool derived = false;  // [3] means [3:4]
    std::int64_t value = 0;
};

struct Node {
    NodeKind kind = NodeKind::kList;
    std::string text = {};
    model::Value constant = {};
    std::array<Bound, 3> bounds = {};
    std::vector<Nodes> branches = {};
};

}  // namespace jsonpath
