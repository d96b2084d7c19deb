// SPDX-License-Identifier: 0BSD
// The nodes of a YAML text with their places in it, so that values can be replaced and all else stays as it was written.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "rules/sops/format.hpp"

namespace sops {

enum class NodeKind { kScalar, kList, kMap, kAlias };

struct YamlNode {
    NodeKind kind = NodeKind::kScalar;
    std::size_t begin = 0;  // bytes of the text
    std::size_t end = 0;    // behind the last scalar or bracket, not behind blanks and comments
    bool plain = false;     // a scalar without quotes
    bool flow = false;
    std::string anchor;  // that aliases name
    std::string tag;
    std::string text;                // of a scalar; of an alias the anchor
    std::vector<YamlNode> children;  // of a list its items; of a map keys and values in turn
};

// The root node of each document. Errors: kInvalid for bad syntax and for a key twice in a map; kLimitExceeded.
base::Result<std::vector<YamlNode>> parse_yaml_nodes(std::string_view text, const Limits& limits);

}  // namespace sops
