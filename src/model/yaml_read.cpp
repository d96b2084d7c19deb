// SPDX-License-Identifier: 0BSD
#include <cmath>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <yaml.h>

#include "model/number_text.hpp"
#include "model/yaml.hpp"
#include "model/yaml_comments.hpp"
#include "model/yaml_scalar.hpp"
#include "model/yaml_time.hpp"

namespace model {
namespace {

// Thrown within this file only; parse_yaml() converts it.
struct Failure {
    base::Error error;
};

struct Event : yaml_event_t {
    Event() : yaml_event_t{} {}
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    ~Event() { yaml_event_delete(this); }
};

std::string_view view(const yaml_char_t* text) {
    return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

// An anchored value and what an alias to it costs; without a value while it is still being read.
struct Anchor {
    std::optional<Value> value;
    std::size_t nodes = 0;
    std::size_t bytes = 0;
};

// Composes values from libyaml's events.
class Reader {
public:
    Reader(std::string_view text, std::string_view file, const YamlLimits& limits, YamlDialect dialect)
        : text_(text),
          file_(file),
          limits_(limits),
          dialect_(dialect),
          type_comments_(dialect == YamlDialect::kKustomizeObjects ? text : std::string_view()) {
        if (yaml_parser_initialize(&parser_) == 0) {
            throw Failure{{base::ErrorCode::kInternal, "libyaml cannot start: out of memory"}};
        }
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                     text.size());
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() { yaml_parser_delete(&parser_); }

    std::vector<YamlDocument> read() {
        std::vector<YamlDocument> documents;
        for (;;) {
            Event event;
            next(event);
            if (event.type == YAML_STREAM_END_EVENT) {
                return documents;
            }
            if (event.type != YAML_DOCUMENT_START_EVENT) {
                continue;
            }
            const auto& start = event.data.document_start;
            const bool has_directive =
                start.version_directive != nullptr || start.tag_directives.start != start.tag_directives.end;
            if (has_directive && documents.empty() && dialect_ == YamlDialect::kKustomizeObjects) {
                fail(event.start_mark, "a file of objects must not begin with a directive");
            }
            anchors_.clear();
            Event root;
            next(root);
            const std::size_t line = root.start_mark.line + 1;
            Value value = compose(root, 0);
            if (!value.is_null()) {
                documents.push_back({std::move(value), line, std::move(comments_)});
            }
            comments_.clear();
        }
    }

private:
    void next(Event& event) {
        if (yaml_parser_parse(&parser_, &event) == 0) {
            throw Failure{syntax_error()};
        }
    }

    [[noreturn]] void fail(const yaml_mark_t& mark, std::string_view reason,
                           base::ErrorCode code = base::ErrorCode::kInvalid) const {
        throw Failure{{code, fmt::format("{}:{}:{}: {}", file_, mark.line + 1, mark.column + 1, reason)}};
    }

    base::Error syntax_error() const {
        if (parser_.error == YAML_MEMORY_ERROR) {
            return {base::ErrorCode::kInternal, fmt::format("{}: libyaml is out of memory", file_)};
        }
        std::string reason = parser_.problem == nullptr ? "malformed" : parser_.problem;
        yaml_mark_t mark = parser_.problem_mark;
        if (parser_.error == YAML_READER_ERROR) {
            mark = mark_of_byte(parser_.problem_offset);
        } else if (at(mark) == '\t') {
            reason = "a tab where only spaces may indent";
        } else if (parser_.context != nullptr &&
                   std::string_view(parser_.context) != "while scanning for the next token") {
            reason += fmt::format(" {}", parser_.context);
            if (parser_.context_mark.line != mark.line) {
                reason += fmt::format(" that starts on line {}", parser_.context_mark.line + 1);
            }
        }
        return {base::ErrorCode::kInvalid,
                fmt::format("{}:{}:{}: {}", file_, mark.line + 1, mark.column + 1, reason)};
    }

    // The character that a mark points at; marks count characters, not bytes.
    char at(const yaml_mark_t& mark) const {
        std::size_t index = 0;
        for (const char letter : text_) {
            const bool starts = (static_cast<unsigned char>(letter) & 0xC0U) != 0x80;
            if (starts && index++ == mark.index) {
                return letter;
            }
        }
        return '\0';
    }

    // libyaml gives only the offset of a byte that is no text.
    yaml_mark_t mark_of_byte(std::size_t offset) const {
        const std::string_view before = text_.substr(0, std::min(offset, text_.size()));
        const std::size_t last_break = before.rfind('\n');
        yaml_mark_t mark{};
        mark.line = static_cast<std::size_t>(std::ranges::count(before, '\n'));
        mark.column = last_break == std::string_view::npos ? before.size() : before.size() - last_break - 1;
        return mark;
    }

    // Counts what the result will hold, so that aliases cannot multiply a small text into a large tree.
    void charge(const yaml_mark_t& mark, std::size_t nodes, std::size_t bytes) {
        nodes_ += nodes;
        bytes_ += bytes;
        if (nodes_ > limits_.nodes_max) {
            fail(mark, fmt::format("more than {} values after anchors are expanded", limits_.nodes_max),
                 base::ErrorCode::kLimitExceeded);
        }
        if (bytes_ > limits_.bytes_max) {
            fail(mark, fmt::format("more than {} bytes after anchors are expanded", limits_.bytes_max),
                 base::ErrorCode::kLimitExceeded);
        }
    }

    Value compose(Event& event, std::size_t depth) {
        switch (event.type) {
            case YAML_ALIAS_EVENT: return compose_alias(event);
            case YAML_SCALAR_EVENT: return compose_scalar(event, dialect_ == YamlDialect::kKustomizeObjects);
            case YAML_SEQUENCE_START_EVENT:
                return compose_collection(event, view(event.data.sequence_start.anchor), depth,
                                          &Reader::compose_sequence);
            case YAML_MAPPING_START_EVENT:
                return compose_collection(event, view(event.data.mapping_start.anchor), depth,
                                          &Reader::compose_mapping);
            case YAML_NO_EVENT:
            case YAML_STREAM_START_EVENT:
            case YAML_STREAM_END_EVENT:
            case YAML_DOCUMENT_START_EVENT:
            case YAML_DOCUMENT_END_EVENT:
            case YAML_SEQUENCE_END_EVENT:
            case YAML_MAPPING_END_EVENT: break;
        }
        fail(event.start_mark, "a value is missing");
    }

    Value compose_scalar(const Event& event, bool rewrites_times) {
        const auto& scalar = event.data.scalar;
        charge(event.start_mark, 1, scalar.length);
        Value value = finite(event, resolve(event));
        const std::string_view tag = view(scalar.tag);
        const bool may_be_time = rewrites_times && value.is_string() &&
                                 (tag == "tag:yaml.org,2002:timestamp" ||
                                  (tag.empty() && scalar.style == YAML_PLAIN_SCALAR_STYLE));
        if (may_be_time) {
            if (const auto time = rfc3339_text(value.get_string())) {
                value = *time;
            }
        }
        remember(view(scalar.anchor), event.start_mark, value, 1, scalar.length);
        return value;
    }

    Value compose_alias(const Event& event) {
        const std::string name(view(event.data.alias.anchor));
        const auto found = anchors_.find(name);
        if (found == anchors_.end()) {
            fail(event.start_mark, fmt::format("unknown anchor \"{}\"", name));
        }
        const Anchor& anchor = found->second;
        if (!anchor.value) {
            fail(event.start_mark, fmt::format("the value of anchor \"{}\" contains itself", name));
        }
        charge(event.start_mark, anchor.nodes, anchor.bytes);
        return *anchor.value;
    }

    Value compose_collection(const Event& event, std::string_view anchor, std::size_t depth,
                             Value (Reader::*compose_members)(std::size_t)) {
        if (depth >= limits_.depth_max) {
            fail(event.start_mark, fmt::format("nested deeper than {} levels", limits_.depth_max),
                 base::ErrorCode::kLimitExceeded);
        }
        const std::size_t nodes_before = nodes_;
        const std::size_t bytes_before = bytes_;
        charge(event.start_mark, 1, 0);
        if (!anchor.empty()) {
            anchors_.insert_or_assign(std::string(anchor), Anchor());
        }
        Value value = (this->*compose_members)(depth + 1);
        remember(anchor, event.start_mark, value, nodes_ - nodes_before, bytes_ - bytes_before);
        return value;
    }

    // The copy that aliases will copy again costs as much as an alias, or nested anchors would be free.
    void remember(std::string_view anchor, const yaml_mark_t& mark, const Value& value, std::size_t nodes,
                  std::size_t bytes) {
        if (anchor.empty()) {
            return;
        }
        charge(mark, nodes, bytes);
        anchors_.insert_or_assign(std::string(anchor), Anchor{value, nodes, bytes});
    }

    Value compose_sequence(std::size_t depth) {
        Array array;
        ++lists_open_;
        for (;;) {
            Event event;
            next(event);
            if (event.type == YAML_SEQUENCE_END_EVENT) {
                --lists_open_;
                end_ = event.end_mark;
                return array;
            }
            array.push_back(compose(event, depth));
        }
    }

    Value compose_mapping(std::size_t depth) {
        Object object;
        std::optional<Value> merge;
        yaml_mark_t merge_mark{};
        for (;;) {
            Event key;
            next(key);
            if (key.type == YAML_MAPPING_END_EVENT) {
                end_ = key.end_mark;
                if (merge) {
                    merge_into(object, *std::move(merge), merge_mark);
                }
                return object;
            }
            if (is_merge(key)) {
                if (merge) {
                    fail(key.start_mark, "duplicate key \"<<\"");
                }
                merge_mark = key.start_mark;
                Event value;
                next(value);
                merge = compose(value, depth);
                continue;
            }
            const auto [entry, added] = object.emplace(compose_key(key, depth), nullptr);
            if (!added) {
                fail(key.start_mark, fmt::format("duplicate key \"{}\"", std::string_view(entry->key())));
            }
            Event value;
            next(value);
            if (type_comments_.empty()) {
                entry->value() = compose(value, depth);
            } else {
                path_.push_back(entry->key());
                entry->value() = compose(value, depth);
                keep_comment(key, value);
                path_.pop_back();
            }
        }
    }

    // The comment of the field at path_, which was just read. One behind the field hides one above it.
    void keep_comment(const Event& key, const Event& value) {
        const bool is_list = value.type == YAML_SEQUENCE_START_EVENT;
        if (lists_open_ > 0 || (!is_list && value.type != YAML_MAPPING_START_EVENT)) {
            return;
        }
        const bool is_flow = is_list ? value.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
                                     : value.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
        const auto place = [](const yaml_mark_t& mark) { return YamlPlace{mark.line, mark.column}; };
        auto text = is_flow ? type_comments_.behind(place(end_), "")
                            : type_comments_.behind(place(key.end_mark), ":");
        if (!text) {
            text = type_comments_.above(place(key.start_mark));
        }
        if (!text || text->empty()) {
            return;
        }
        if (comments_.size() == limits_.comments_max) {
            fail(key.start_mark, fmt::format("more than {} comments that say a type", limits_.comments_max),
                 base::ErrorCode::kLimitExceeded);
        }
        comments_.push_back({{path_.begin(), path_.end()}, std::string(*text)});
    }

    std::string compose_key(Event& event, std::size_t depth) {
        if (event.type != YAML_SCALAR_EVENT && event.type != YAML_ALIAS_EVENT) {
            fail(event.start_mark, "a key must be a scalar");
        }
        const yaml_mark_t mark = event.start_mark;
        auto text =
            key_text(event.type == YAML_SCALAR_EVENT ? compose_scalar(event, false) : compose(event, depth));
        if (!text) {
            fail(mark, text.error().message);
        }
        return *std::move(text);
    }

    static bool is_merge(const Event& event) {
        if (event.type != YAML_SCALAR_EVENT || view(event.data.scalar.value) != "<<") {
            return false;
        }
        const std::string_view tag = view(event.data.scalar.tag);
        return tag.empty() ? event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE
                           : tag == "tag:yaml.org,2002:merge";
    }

    // Explicit keys win over merged ones, earlier merged maps over later ones.
    void merge_into(Object& object, Value merged, const yaml_mark_t& mark) const {
        if (Object* map = merged.if_object()) {
            for (auto& entry : *map) {
                object.emplace(entry.key(), std::move(entry.value()));
            }
            return;
        }
        Array* list = merged.if_array();
        if (list == nullptr ||
            !std::ranges::all_of(*list, [](const Value& value) { return value.is_object(); })) {
            fail(mark, "\"<<\" merges a map or a list of maps only");
        }
        for (Value& map : *list) {
            merge_into(object, std::move(map), mark);
        }
    }

    Value resolve(const Event& event) const {
        const auto& scalar = event.data.scalar;
        const std::string_view text(reinterpret_cast<const char*>(scalar.value), scalar.length);
        const std::string_view tag = view(scalar.tag);
        if (tag.empty() && scalar.style == YAML_PLAIN_SCALAR_STYLE) {
            return resolve_plain(text, dialect_);
        }
        if (tag.empty()) {
            return Value(text);
        }
        auto value = resolve_tagged(tag, text, dialect_);
        if (!value) {
            fail(event.start_mark, value.error().message);
        }
        return *std::move(value);
    }

    // JSON, and so Kubernetes, has neither infinities nor NaN; and a double that it writes without fraction is an integer to
    // whoever reads it, so it becomes one at once.
    Value finite(const Event& event, Value value) const {
        const double* number = value.if_double();
        if (number == nullptr) {
            return value;
        }
        if (!std::isfinite(*number)) {
            fail(event.start_mark,
                 fmt::format("{} is not a number that JSON knows", view(event.data.scalar.value)));
        }
        const auto whole = integer_in_json(*number);
        return whole ? Value(*whole) : value;
    }

    std::string_view text_;
    std::string_view file_;
    YamlLimits limits_;
    YamlDialect dialect_;
    yaml_parser_t parser_{};
    std::unordered_map<std::string, Anchor> anchors_;
    YamlComments type_comments_;
    std::vector<FieldComment> comments_;  // of the document that is being read
    std::vector<std::string_view> path_;  // of the field that is being read, where comments count
    std::size_t lists_open_ = 0;
    yaml_mark_t end_{};  // of the collection that was read last
    std::size_t nodes_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace

base::Result<std::vector<YamlDocument>> parse_yaml(std::string_view text, std::string_view file,
                                                   YamlLimits limits, YamlDialect dialect) {
    if (text.size() > limits.bytes_max) {
        return base::Error{
            base::ErrorCode::kLimitExceeded,
            fmt::format("{}: {} bytes of YAML where {} are allowed", file, text.size(), limits.bytes_max)};
    }
    try {
        return Reader(text, file, limits, dialect).read();
    } catch (Failure& failure) {
        return std::move(failure.error);
    }
}

base::Result<Value> parse_yaml_one(std::string_view text, std::string_view file, YamlLimits limits,
                                   YamlDialect dialect) {
    auto documents = parse_yaml(text, file, limits, dialect);
    if (!documents) {
        return documents.error();
    }
    if (documents->size() != 1) {
        return base::Error{base::ErrorCode::kInvalid,
                           documents->empty() ? fmt::format("{}: no document", file)
                                              : fmt::format("{}:{}: a second document where one is expected",
                                                            file, (*documents)[1].line)};
    }
    return std::move(documents->front().value);
}

}  // namespace model
