// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/annotation_texts.hpp"

#include <algorithm>
#include <string>

#include "model/yaml_time.hpp"
#include "rules/transform/metadata_texts.hpp"
#include "rules/transform/yaml_tree.hpp"

namespace kustomize {

namespace {

using model::Object;
using model::Value;
using transform::YamlNode;

Object* map_below(Value& map, std::string_view key) {
    Object* object = map.if_object();
    Value* found = object == nullptr ? nullptr : object->if_contains(key);
    return found == nullptr ? nullptr : found->if_object();
}

Object* annotations_of(Value& object) {
    Object* metadata = map_below(object, "metadata");
    Value* found = metadata == nullptr ? nullptr : metadata->if_contains("annotations");
    return found == nullptr ? nullptr : found->if_object();
}

model::Array* items_of(Value& object) {
    Object* map = object.if_object();
    Value* found = map == nullptr ? nullptr : map->if_contains("items");
    return found == nullptr ? nullptr : found->if_array();
}

// Whether the reader has surely not rewritten it: it makes RFC 3339 of plain times.
bool is_as_written(const Value& value) {
    return value.is_string() && !model::rfc3339_text(value.get_string());
}

bool all_texts(Value& object) {
    if (const Object* annotations = annotations_of(object)) {
        if (!std::ranges::all_of(*annotations,
                                 [](const auto& entry) { return is_as_written(entry.value()); })) {
            return false;
        }
    }
    model::Array* items = items_of(object);
    return items == nullptr || std::ranges::all_of(*items, all_texts);
}

// What stands below `key`, or nullptr; also where an alias or a merge key stands for the map.
const YamlNode* node_below(const YamlNode* map, std::string_view key) {
    if (map == nullptr || map->kind != YamlNode::Kind::kMap) {
        return nullptr;
    }
    for (std::size_t index = 0; index + 1 < map->children.size(); index += 2) {
        if (map->children[index].kind == YamlNode::Kind::kScalar && map->children[index].text == key) {
            return &map->children[index + 1];
        }
    }
    return nullptr;
}

void write_texts(Value& object, const YamlNode* node) {
    if (Object* annotations = annotations_of(object)) {
        const YamlNode* written = node_below(node_below(node, "metadata"), "annotations");
        for (auto& entry : *annotations) {
            if (is_as_written(entry.value())) {
                continue;
            }
            const YamlNode* scalar = node_below(written, entry.key());
            if (scalar != nullptr && scalar->kind == YamlNode::Kind::kScalar) {
                entry.value() = scalar->text;
            } else {
                transform::make_text(entry.value());
            }
        }
    }
    model::Array* items = items_of(object);
    const YamlNode* list = node_below(node, "items");
    for (std::size_t index = 0; items != nullptr && index < items->size(); ++index) {
        const bool known =
            list != nullptr && list->kind == YamlNode::Kind::kList && index < list->children.size();
        write_texts((*items)[index], known ? &list->children[index] : nullptr);
    }
}

// The text from the line number `line` on; 1 is the first.
std::string_view from_line(std::string_view text, std::size_t line) {
    for (; line > 1; --line) {
        text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    }
    return text;
}

}  // namespace

void make_annotations_texts(Value& object, std::string_view text, std::size_t line) {
    if (all_texts(object)) {
        return;
    }
    const auto tree = transform::parse_yaml_tree(from_line(text, line));
    write_texts(object, tree ? &tree->root : nullptr);
}

}  // namespace kustomize
