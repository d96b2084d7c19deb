// SPDX-License-Identifier: 0BSD
// YamlNode: a YAML document as it was written, with styles, tags and anchors that values do not have.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <yaml.h>

#include "base/result.hpp"
#include "model/value.hpp"

namespace transform {

struct YamlNode {
    enum class Kind { kScalar, kMap, kList, kAlias };

    Kind kind = Kind::kScalar;
    std::string text;  // of a scalar; an alias' anchor
    std::string anchor;
    std::string tag;                 // empty unless written
    int style = 0;                   // libyaml's style of its kind
    std::vector<YamlNode> children;  // of maps: keys and values in turn
    std::size_t begin = 0;           // bytes of a scalar in the text
    std::size_t end = 0;

    bool is_plain() const { return style == YAML_PLAIN_SCALAR_STYLE || style == YAML_ANY_SCALAR_STYLE; }
};

struct YamlTree {
    YamlNode root;
    bool has_comments = false;
};

// Reads the first document. Errors: kInvalid (bad syntax), kLimitExceeded (nested too deep).
base::Result<YamlTree> parse_yaml_tree(std::string_view text);

// The scalar's value. Errors: kInvalid (its tag says otherwise).
base::Result<model::Value> value_of(const YamlNode& scalar);
// A node in default styles.
YamlNode make_node(const model::Value& value);

// The document, in block style with two spaces but for nodes in flow style.
std::string write_yaml_tree(const YamlNode& root);
// One scalar as it stands within a line.
std::string scalar_source(const YamlNode& scalar);

}  // namespace transform
