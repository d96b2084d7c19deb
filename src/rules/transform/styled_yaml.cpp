// SPDX-License-Identifier: 0BSD
#include "rules/transform/styled_yaml.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <yaml.h>

#include "model/yaml_scalar.hpp"
#include "rules/transform/id_view.hpp"
#include "rules/transform/scalar_text.hpp"
#include "rules/transform/yaml_tree.hpp"

namespace transform {
namespace {

// Changes the nodes of a tree to what a value says, and remembers how deep the changes went.
class Reconciler {
public:
    void reconcile(YamlNode& node, const model::Value& value) {
        if (node.kind == YamlNode::Kind::kAlias) {
            return;
        }
        if (const model::Object* map = value.if_object();
            map != nullptr && node.kind == YamlNode::Kind::kMap) {
            reconcile_map(node, *map);
        } else if (const model::Array* list = value.if_array();
                   list != nullptr && node.kind == YamlNode::Kind::kList) {
            reconcile_list(node, *list);
        } else if (!value.is_structured() && node.kind == YamlNode::Kind::kScalar) {
            reconcile_scalar(node, value);
        } else {
            node = make_node(value);
            is_restructured_ = true;
        }
    }
    bool is_restructured() const { return is_restructured_; }
    const std::vector<const YamlNode*>& changed() const { return changed_; }

private:
    void reconcile_map(YamlNode& node, const model::Object& map) {
        bool has_merge = false;
        std::vector<std::string> known;
        for (std::size_t index = 0; index + 1 < node.children.size(); index += 2) {
            const std::string& key = node.children[index].text;
            has_merge = has_merge || key == "<<";
            known.push_back(key);
            if (const model::Value* value = map.if_contains(key)) {
                reconcile(node.children[index + 1], *value);
            }
        }
        for (const auto& entry : map) {
            const std::string_view key(entry.key().data(), entry.key().size());
            // Keys that came in by "<<" are not written out.
            if (has_merge || std::ranges::find(known, key) != known.end()) {
                continue;
            }
            node.children.push_back(make_node(model::Value(key)));
            node.children.push_back(make_node(entry.value()));
            is_restructured_ = true;
        }
    }

    void reconcile_list(YamlNode& node, const model::Array& list) {
        const std::size_t count = std::min(node.children.size(), list.size());
        for (std::size_t index = 0; index < count; ++index) {
            reconcile(node.children[index], list[index]);
        }
        for (std::size_t index = count; index < list.size(); ++index) {
            node.children.push_back(make_node(list[index]));
            is_restructured_ = true;
        }
    }

    void reconcile_scalar(YamlNode& node, const model::Value& value) {
        const auto old = value_of(node);
        if (old && *old == value) {
            return;
        }
        node.text = value.is_null() ? "null" : text_of_scalar(value).value_or(std::string());
        if (node.is_plain() && value.is_string() && model::needs_quotes(node.text)) {
            node.style = YAML_DOUBLE_QUOTED_SCALAR_STYLE;
        }
        changed_.push_back(&node);
    }

    bool is_restructured_ = false;
    std::vector<const YamlNode*> changed_;
};

// Puts changed scalars into the text as it stands, so that comments stay.
std::string splice(std::string_view text, std::vector<const YamlNode*> changed) {
    std::ranges::sort(changed, {}, [](const YamlNode* node) { return node->begin; });
    std::string result;
    std::size_t at = 0;
    for (const YamlNode* node : changed) {
        result += text.substr(at, node->begin - at);
        result += scalar_source(*node);
        at = node->end;
    }
    result += text.substr(at);
    return result;
}

}  // namespace

base::Result<std::string> rewrite_yaml(std::string_view text, const model::Value& content) {
    auto tree = parse_yaml_tree(text);
    if (!tree) {
        return tree.error();
    }
    Reconciler reconciler;
    reconciler.reconcile(tree->root, content);
    std::string result = tree->has_comments && !reconciler.is_restructured()
                             ? splice(text, reconciler.changed())
                             : write_yaml_tree(tree->root);
    while (result.ends_with('\n')) {
        result.pop_back();
    }
    return result;
}

}  // namespace transform
