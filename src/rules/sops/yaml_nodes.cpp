// SPDX-License-Identifier: 0BSD
#include "rules/sops/yaml_nodes.hpp"

#include <memory>
#include <set>

#include <fmt/format.h>
#include <yaml.h>

namespace sops {
namespace {

struct Failure {
    base::Error error;
};

[[noreturn]] void fail(base::ErrorCode code, std::string message) {
    throw Failure{{.code = code, .message = std::move(message)}};
}

std::string text_of(const yaml_char_t* text) {
    return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

class Reader {
public:
    Reader(std::string_view text, const Limits& limits) : limits_(limits) {
        yaml_parser_initialize(&parser_);
        if (text.starts_with("\xef\xbb\xbf")) {  // libyaml does not count a byte order mark
            text.remove_prefix(3);
            shift_ = 3;
        }
        yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                     text.size());
        for (std::size_t index = 0; index < text.size(); ++index) {
            if ((static_cast<unsigned char>(text[index]) & 0xc0U) != 0x80U) {
                places_.push_back(index + shift_);
            }
        }
        places_.push_back(text.size() + shift_);
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() { yaml_parser_delete(&parser_); }

    std::vector<YamlNode> documents() {
        std::vector<YamlNode> roots;
        for (Event event = next(); event->type != YAML_STREAM_END_EVENT; event = next()) {
            if (event->type != YAML_STREAM_START_EVENT && event->type != YAML_DOCUMENT_START_EVENT &&
                event->type != YAML_DOCUMENT_END_EVENT) {
                roots.push_back(node(*event, 0));
            }
        }
        return roots;
    }

private:
    struct Release {
        void operator()(yaml_event_t* event) const {
            yaml_event_delete(event);
            delete event;
        }
    };
    using Event = std::unique_ptr<yaml_event_t, Release>;

    Event next() {
        auto raw = std::make_unique<yaml_event_t>();
        if (yaml_parser_parse(&parser_, raw.get()) == 0) {
            fail(base::ErrorCode::kInvalid,
                 fmt::format("line {}: the encrypted file is no valid YAML", parser_.problem_mark.line + 1));
        }
        return Event(raw.release());
    }

    std::size_t place(const yaml_mark_t& mark) const {
        return places_[std::min(mark.index, places_.size() - 1)];
    }

    // libyaml counts characters, the text is cut by bytes.
    YamlNode node(const yaml_event_t& event, std::size_t depth) {
        if (depth > limits_.depth_max || ++count_ > limits_.nodes_max) {
            fail(base::ErrorCode::kLimitExceeded,
                 "the encrypted file is nested too deeply or has too many values");
        }
        YamlNode made;
        made.begin = place(event.start_mark);
        made.end = place(event.end_mark);
        if (event.type == YAML_ALIAS_EVENT) {
            made.kind = NodeKind::kAlias;
            made.text = text_of(event.data.alias.anchor);
            return made;
        }
        if (event.type == YAML_SCALAR_EVENT) {
            const auto& scalar = event.data.scalar;
            made.anchor = text_of(scalar.anchor);
            made.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
            made.plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
            made.tag = text_of(scalar.tag);
            return made;
        }
        if (event.type == YAML_SEQUENCE_START_EVENT) {
            made.kind = NodeKind::kList;
            made.anchor = text_of(event.data.sequence_start.anchor);
            made.flow = event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
        } else {
            made.kind = NodeKind::kMap;
            made.anchor = text_of(event.data.mapping_start.anchor);
            made.flow = event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
        }
        std::set<std::string> keys;
        for (Event child = next();; child = next()) {
            if (child->type == YAML_SEQUENCE_END_EVENT || child->type == YAML_MAPPING_END_EVENT) {
                made.end = made.flow ? place(child->end_mark) : made.end;
                return made;
            }
            made.children.push_back(node(*child, depth + 1));
            made.end = made.children.back().end;
            const YamlNode& last = made.children.back();
            if (made.kind == NodeKind::kMap && made.children.size() % 2 == 1 &&
                last.kind == NodeKind::kScalar && !keys.insert(last.text).second) {
                fail(base::ErrorCode::kInvalid,
                     fmt::format("line {}: the encrypted file has a key for the second time",
                                 child->start_mark.line + 1));
            }
        }
    }

    const Limits& limits_;
    yaml_parser_t parser_{};
    std::size_t shift_ = 0;
    std::size_t count_ = 0;
    std::vector<std::size_t> places_;
};

}  // namespace

base::Result<std::vector<YamlNode>> parse_yaml_nodes(std::string_view text, const Limits& limits) {
    try {
        Reader reader(text, limits);
        return reader.documents();
    } catch (const Failure& failure) {
        return failure.error;
    }
}

}  // namespace sops
