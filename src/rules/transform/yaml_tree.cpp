// SPDX-License-Identifier: 0BSD
#include "rules/transform/yaml_tree.hpp"

#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "model/yaml_scalar.hpp"
#include "rules/transform/scalar_text.hpp"

namespace transform {
namespace {

// As deep as model::parse_yaml goes.
constexpr int kDepthMax = 512;

std::string text_or_empty(const yaml_char_t* text) {
    return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text));
}

// libyaml counts characters, texts count bytes.
std::vector<std::size_t> character_offsets(std::string_view text) {
    std::vector<std::size_t> offsets;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U) {
            offsets.push_back(at);
        }
    }
    offsets.push_back(text.size());
    return offsets;
}

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text), offsets_(character_offsets(text)) {
        yaml_parser_initialize(&parser_);
        yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                     text.size());
    }
    ~Reader() { yaml_parser_delete(&parser_); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    base::Result<YamlTree> read() {
        YamlTree tree;
        for (;;) {
            yaml_event_t event;
            if (yaml_parser_parse(&parser_, &event) == 0) {
                return bad(parser_.problem == nullptr ? "bad syntax" : parser_.problem);
            }
            const std::unique_ptr<yaml_event_t, void (*)(yaml_event_t*)> guard(&event, yaml_event_delete);
            if (event.type == YAML_STREAM_START_EVENT || event.type == YAML_DOCUMENT_START_EVENT) {
                continue;
            }
            if (event.type == YAML_STREAM_END_EVENT || event.type == YAML_DOCUMENT_END_EVENT) {
                break;
            }
            auto node = read_node(event, 0);
            if (!node) {
                return node.error();
            }
            tree.root = *std::move(node);
        }
        tree.has_comments = has_comments();
        return tree;
    }

private:
    static base::Error bad(std::string_view reason) {
        return {base::ErrorCode::kInvalid, std::string(reason)};
    }

    std::size_t offset(const yaml_mark_t& mark) const {
        return offsets_[std::min<std::size_t>(mark.index, offsets_.size() - 1)];
    }

    base::Result<YamlNode> read_node(const yaml_event_t& event, int depth) {
        if (depth > kDepthMax) {
            return base::Error{base::ErrorCode::kLimitExceeded, "nested too deep"};
        }
        YamlNode node;
        switch (static_cast<int>(event.type)) {
            case YAML_ALIAS_EVENT:
                node.kind = YamlNode::Kind::kAlias;
                node.text = text_or_empty(event.data.alias.anchor);
                return node;
            case YAML_SCALAR_EVENT: return read_scalar(event);
            case YAML_SEQUENCE_START_EVENT:
                node.kind = YamlNode::Kind::kList;
                node.anchor = text_or_empty(event.data.sequence_start.anchor);
                node.tag = text_or_empty(event.data.sequence_start.tag);
                node.style = static_cast<int>(event.data.sequence_start.style);
                return read_children(std::move(node), YAML_SEQUENCE_END_EVENT, depth);
            case YAML_MAPPING_START_EVENT:
                node.kind = YamlNode::Kind::kMap;
                node.anchor = text_or_empty(event.data.mapping_start.anchor);
                node.tag = text_or_empty(event.data.mapping_start.tag);
                node.style = static_cast<int>(event.data.mapping_start.style);
                return read_children(std::move(node), YAML_MAPPING_END_EVENT, depth);
            default: return bad("unexpected event");
        }
    }

    YamlNode read_scalar(const yaml_event_t& event) {
        YamlNode node;
        node.anchor = text_or_empty(event.data.scalar.anchor);
        node.tag = text_or_empty(event.data.scalar.tag);
        node.text.assign(reinterpret_cast<const char*>(event.data.scalar.value), event.data.scalar.length);
        node.style = static_cast<int>(event.data.scalar.style);
        node.begin = offset(event.start_mark);
        node.end = offset(event.end_mark);
        spans_.emplace_back(node.begin, node.end);
        return node;
    }

    base::Result<YamlNode> read_children(YamlNode node, yaml_event_type_t end, int depth) {
        for (;;) {
            yaml_event_t event;
            if (yaml_parser_parse(&parser_, &event) == 0) {
                return bad(parser_.problem == nullptr ? "bad syntax" : parser_.problem);
            }
            const std::unique_ptr<yaml_event_t, void (*)(yaml_event_t*)> guard(&event, yaml_event_delete);
            if (event.type == end) {
                return node;
            }
            auto child = read_node(event, depth + 1);
            if (!child) {
                return child;
            }
            node.children.push_back(*std::move(child));
        }
    }

    // A hash sign outside of all scalars, at a place where comments begin.
    bool has_comments() const {
        std::size_t span = 0;
        for (std::size_t at = text_.find('#'); at != std::string_view::npos; at = text_.find('#', at + 1)) {
            while (span < spans_.size() && spans_[span].second <= at) {
                ++span;
            }
            const bool is_in_scalar = span < spans_.size() && spans_[span].first <= at;
            if (!is_in_scalar &&
                (at == 0 || std::string_view(" \t\n").find(text_[at - 1]) != std::string_view::npos)) {
                return true;
            }
        }
        return false;
    }

    std::string_view text_;
    std::vector<std::size_t> offsets_;
    std::vector<std::pair<std::size_t, std::size_t>> spans_;
    yaml_parser_t parser_ = {};
};

class Writer {
public:
    Writer() {
        yaml_emitter_initialize(&emitter_);
        yaml_emitter_set_unicode(&emitter_, 1);
        yaml_emitter_set_width(&emitter_, -1);
        yaml_emitter_set_output(&emitter_, write, &text_);
    }
    ~Writer() { yaml_emitter_delete(&emitter_); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    std::string document(const YamlNode& root) {
        yaml_event_t event;
        yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
        emit(event);
        yaml_document_start_event_initialize(&event, nullptr, nullptr, nullptr, 1);
        emit(event);
        node(root);
        yaml_document_end_event_initialize(&event, 1);
        emit(event);
        yaml_stream_end_event_initialize(&event);
        emit(event);
        yaml_emitter_flush(&emitter_);
        return std::move(text_);
    }

private:
    static int write(void* text, unsigned char* bytes, std::size_t size) {
        static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(bytes), size);
        return 1;
    }
    static const yaml_char_t* text_or_null(const std::string& text) {
        return text.empty() ? nullptr : reinterpret_cast<const yaml_char_t*>(text.c_str());
    }
    void emit(yaml_event_t& event) { yaml_emitter_emit(&emitter_, &event); }

    void node(const YamlNode& node) {
        yaml_event_t event;
        const yaml_char_t* anchor = text_or_null(node.anchor);
        const yaml_char_t* tag = text_or_null(node.tag);
        const int is_implicit = node.tag.empty() ? 1 : 0;
        switch (node.kind) {
            case YamlNode::Kind::kAlias:
                yaml_alias_event_initialize(&event, text_or_null(node.text));
                emit(event);
                return;
            case YamlNode::Kind::kScalar:
                yaml_scalar_event_initialize(&event, anchor, tag,
                                             reinterpret_cast<const yaml_char_t*>(node.text.data()),
                                             static_cast<int>(node.text.size()), is_implicit, is_implicit,
                                             static_cast<yaml_scalar_style_t>(node.style));
                emit(event);
                return;
            case YamlNode::Kind::kList:
                yaml_sequence_start_event_initialize(&event, anchor, tag, is_implicit,
                                                     static_cast<yaml_sequence_style_t>(node.style));
                break;
            case YamlNode::Kind::kMap:
                yaml_mapping_start_event_initialize(&event, anchor, tag, is_implicit,
                                                    static_cast<yaml_mapping_style_t>(node.style));
                break;
        }
        emit(event);
        for (const YamlNode& child : node.children) {
            this->node(child);
        }
        if (node.kind == YamlNode::Kind::kList) {
            yaml_sequence_end_event_initialize(&event);
        } else {
            yaml_mapping_end_event_initialize(&event);
        }
        emit(event);
    }

    yaml_emitter_t emitter_ = {};
    std::string text_;
};

}  // namespace

base::Result<YamlTree> parse_yaml_tree(std::string_view text) { return Reader(text).read(); }

base::Result<model::Value> value_of(const YamlNode& scalar) {
    if (!scalar.tag.empty()) {
        return model::resolve_tagged(scalar.tag, scalar.text, model::YamlDialect::kKustomize);
    }
    return scalar.is_plain() ? model::resolve_plain(scalar.text, model::YamlDialect::kKustomize)
                             : model::Value(scalar.text);
}

YamlNode make_node(const model::Value& value) {
    YamlNode node;
    if (const model::Object* map = value.if_object()) {
        node.kind = YamlNode::Kind::kMap;
        for (const auto& entry : *map) {
            node.children.push_back(make_node(model::Value(entry.key())));
            node.children.push_back(make_node(entry.value()));
        }
        return node;
    }
    if (const model::Array* list = value.if_array()) {
        node.kind = YamlNode::Kind::kList;
        for (const model::Value& element : *list) {
            node.children.push_back(make_node(element));
        }
        return node;
    }
    node.text = value.is_null() ? "null" : text_of_scalar(value).value_or(std::string());
    if (value.is_string() && model::needs_quotes(node.text)) {
        node.style = YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    }
    return node;
}

std::string write_yaml_tree(const YamlNode& root) { return Writer().document(root); }

std::string scalar_source(const YamlNode& scalar) {
    std::string text = write_yaml_tree(scalar);
    // A plain scalar that is a whole document is followed by the end of that document.
    for (const std::string_view ending : {"...\n", "\n"}) {
        if (text.ends_with(ending)) {
            text.resize(text.size() - ending.size());
        }
    }
    return text;
}

}  // namespace transform
