// SPDX-License-Identifier: 0BSD
#include "rules/jsonpath/parse.hpp"

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "rules/jsonpath/quoted.hpp"
#include "rules/jsonpath/template.hpp"

namespace jsonpath {
namespace {

// Private to this file: parse_nodes() turns it into an Error.
struct Failure {
    base::Error error;
};

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

// Letters beyond ASCII count: what the original refuses when it reads, we refuse when we look for it.
bool is_word_letter(char letter) {
    return letter == '_' || is_digit(letter) || (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') || static_cast<unsigned char>(letter) >= 0x80;
}

bool is_terminator(char letter) { return std::string_view(" \t\r\n.,[]$@{}").contains(letter); }

std::string_view trim_blanks(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(' ');
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    text.remove_prefix(text.starts_with('+') ? 1 : 0);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

class Parser {
public:
    // `offset` is where `text` stands within the whole template.
    Parser(std::string_view text, std::size_t offset, std::size_t depth)
        : text_(text), offset_(offset), depth_(depth) {
        if (depth > kNestingMax) {
            fail(0, fmt::format("nested deeper than {} levels", kNestingMax),
                 base::ErrorCode::kLimitExceeded);
        }
    }

    Nodes parse() {
        Nodes nodes;
        while (at_ < text_.size()) {
            const std::size_t open = std::min(text_.find('{', at_), text_.size());
            if (open > at_) {
                nodes.push_back(constant(text_.substr(at_, open - at_)));
            }
            at_ = open;
            if (at_ < text_.size()) {
                ++at_;
                nodes.push_back({.kind = NodeKind::kList, .branches = {parse_action('}')}});
            }
        }
        return nodes;
    }

    // The steps up to `close` ('}'), or to the end of the text when that is '\0'. What stands behind a brace within a nested
    // text is not looked at, as in the original.
    Nodes parse_action(char close) {
        Nodes nodes;
        while (at_ < text_.size() || close != '\0') {
            if (at_ == text_.size() || text_[at_] == '\r' || text_[at_] == '\n') {
                fail(at_, "unclosed action");
            }
            if (text_[at_] == '}') {
                ++at_;
                return nodes;
            }
            parse_step(nodes);
        }
        return nodes;
    }

private:
    [[noreturn]] void fail(std::size_t at, std::string_view reason,
                           base::ErrorCode code = base::ErrorCode::kInvalid) const {
        throw Failure{{code, fmt::format("column {}: {}", offset_ + at + 1, reason)}};
    }

    static Node constant(std::string_view text) {
        return {.kind = NodeKind::kConstant, .constant = model::Value(text)};
    }

    // `text` stands at `at` in our text.
    Nodes parse_nested(std::string_view text, std::size_t at) const {
        return Parser(text, offset_ + at, depth_ + 1).parse_action('\0');
    }

    void parse_step(Nodes& nodes) {
        const std::string_view rest = text_.substr(at_);
        const char first = rest.front();
        if (rest.starts_with("[?(")) {
            parse_filter(nodes);
        } else if (rest.starts_with("..")) {
            parse_recursive(nodes);
        } else if (first == ' ' || first == '@' || first == '$') {
            ++at_;
        } else if (first == '[') {
            parse_array(nodes);
        } else if (first == '"' || first == '\'') {
            parse_quoted(nodes);
        } else if (first == '.') {
            ++at_;
            parse_field(nodes);
        } else if (first == '+' || first == '-' || is_digit(first)) {
            parse_number(nodes);
        } else if (is_word_letter(first)) {
            parse_word(nodes);
        } else {
            fail(at_, fmt::format("unexpected character '{}'", first));
        }
    }

    void parse_word(Nodes& nodes) {
        const std::size_t start = at_;
        while (at_ < text_.size() && !is_terminator(text_[at_])) {
            ++at_;
        }
        const std::string_view word = text_.substr(start, at_ - start);
        if (word == "true" || word == "false") {
            nodes.push_back({.kind = NodeKind::kConstant, .constant = model::Value(word == "true")});
        } else {
            nodes.push_back({.kind = NodeKind::kIdentifier, .text = std::string(word)});
        }
    }

    void parse_recursive(Nodes& nodes) {
        if (!nodes.empty() && nodes.back().kind == NodeKind::kRecursive) {
            fail(at_, "\"..\" twice in a row");
        }
        at_ += 2;
        nodes.push_back({.kind = NodeKind::kRecursive});
        if (at_ < text_.size() && is_word_letter(text_[at_])) {
            parse_field(nodes);
        }
    }

    // A key up to the next terminator that no backslash precedes.
    void parse_field(Nodes& nodes) {
        const std::size_t start = at_;
        std::string key;
        for (; at_ < text_.size() && !is_terminator(text_[at_]); ++at_) {
            if (text_[at_] != '\\') {
                key.push_back(text_[at_]);
            } else if (++at_ == text_.size()) {
                break;
            } else if (text_[at_] != '\\') {
                key.push_back(text_[at_]);
            }
        }
        if (text_.substr(start, at_ - start) == "*") {
            nodes.push_back({.kind = NodeKind::kWildcard});
        } else {
            nodes.push_back({.kind = NodeKind::kField, .text = std::move(key)});
        }
    }

    void parse_number(Nodes& nodes) {
        const std::size_t start = at_++;
        while (at_ < text_.size() && (text_[at_] == '.' || is_digit(text_[at_]))) {
            ++at_;
        }
        std::string_view text = text_.substr(start, at_ - start);
        if (const auto integer = parse_integer(text)) {
            nodes.push_back({.kind = NodeKind::kConstant, .constant = model::Value(*integer)});
            return;
        }
        const std::string_view digits = text.substr(text.starts_with('+') ? 1 : 0);
        double number = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (error != std::errc() || end != digits.data() + digits.size()) {
            fail(start, fmt::format("\"{}\" is no number", text));
        }
        nodes.push_back({.kind = NodeKind::kConstant, .constant = model::Value(number)});
    }

    void parse_quoted(Nodes& nodes) {
        const std::size_t start = at_;
        const char quote = text_[at_++];
        for (;; ++at_) {
            if (at_ == text_.size() || text_[at_] == '\n') {
                fail(start, "unterminated quoted text");
            }
            if (text_[at_] == quote && text_[at_ - 1] != '\\') {
                break;
            }
        }
        ++at_;
        const auto text = unquote(text_.substr(start, at_ - start));
        if (!text) {
            fail(start, "a quoted text with a bad escape");
        }
        nodes.push_back(constant(*text));
    }

    void parse_array(Nodes& nodes) {
        const std::size_t start = ++at_;
        const std::size_t end = text_.find_first_of("]\n", at_);
        if (end == std::string_view::npos || text_[end] == '\n') {
            fail(start - 1, "unterminated array");
        }
        at_ = end + 1;
        parse_subscript(nodes, text_.substr(start, end - start), start);
    }

    // What stands between brackets.
    void parse_subscript(Nodes& nodes, std::string_view text, std::size_t start) {
        if (text.contains(',')) {
            nodes.push_back(parse_union(text, start));
            return;
        }
        if (text.size() >= 2 && text.starts_with('\'') && text.find('\'', 1) == text.size() - 1) {
            const std::string field = fmt::format(".{}", text.substr(1, text.size() - 2));
            for (Node& node : parse_nested(field, start)) {
                nodes.push_back(std::move(node));
            }
            return;
        }
        nodes.push_back(parse_bounds(text == "*" ? ":" : text, start));
    }

    Node parse_union(std::string_view text, std::size_t start) {
        Node result{.kind = NodeKind::kUnion};
        for (std::size_t begin = 0; begin <= text.size();) {
            const std::size_t end = std::min(text.find(',', begin), text.size());
            const std::string element = fmt::format("[{}]", trim_blanks(text.substr(begin, end - begin)));
            result.branches.push_back(parse_nested(element, start + begin));
            begin = end + 1;
        }
        return result;
    }

    Node parse_bounds(std::string_view text, std::size_t start) const {
        Node node{.kind = NodeKind::kArray};
        std::string_view rest = text;
        for (std::size_t index = 0; index < node.bounds.size(); ++index) {
            Bound& bound = node.bounds[index];
            if (index > 0) {
                if (!rest.starts_with(':')) {
                    break;
                }
                rest.remove_prefix(1);
            }
            const std::string_view digits = rest.substr(0, rest.find(':'));
            rest.remove_prefix(digits.size());
            if (digits.empty()) {
                continue;
            }
            const auto number = parse_integer(digits);
            if (digits.starts_with('+') || !number) {
                fail(start, fmt::format("\"{}\" is no array index", text));
            }
            bound = {.known = true, .value = *number};
        }
        if (!rest.empty()) {
            fail(start, fmt::format("\"{}\" is no array index", text));
        }
        if (!text.contains(':')) {
            const std::int64_t index = node.bounds[0].value;
            node.bounds[1] = {.known = true, .derived = true, .value = index + (index < INT64_MAX ? 1 : 0)};
        }
        return node;
    }

    void parse_filter(Nodes& nodes) {
        const std::size_t start = at_ + 3;
        const std::size_t end = find_filter_end(start);
        const std::string_view text = text_.substr(start, end - start);
        at_ = end + 2;

        // left, operator, right; without them the filter asks whether something is there.
        constexpr std::string_view kSigns = "!<>=";
        const std::size_t sign = text.find_first_of(kSigns);
        std::size_t right = sign == std::string_view::npos ? sign : text.find_first_not_of(kSigns, sign);
        if (sign != std::string_view::npos && right == std::string_view::npos && text.size() - sign >= 2) {
            right = text.size() - 1;
        }
        Node node{.kind = NodeKind::kFilter};
        if (sign == 0 || right == std::string_view::npos) {
            node.branches = {parse_nested(text, start), {}};
        } else {
            node.text = text.substr(sign, right - sign);
            node.branches = {parse_nested(text.substr(0, sign), start),
                             parse_nested(text.substr(right), start + right)};
        }
        nodes.push_back(std::move(node));
    }

    // The parenthesis that ends the filter; those within the first quoted text do not count.
    std::size_t find_filter_end(std::size_t start) const {
        char quote = '\0';
        bool closed = false;
        for (std::size_t at = start; at < text_.size() && text_[at] != '\n'; ++at) {
            const char letter = text_[at];
            if (letter == '"' || letter == '\'') {
                if (quote == '\0') {
                    quote = letter;
                } else if (letter == quote && text_[at - 1] != '\\') {
                    closed = true;
                }
            } else if (letter == ')' && (quote != '\0') == closed) {
                if (at + 1 >= text_.size() || text_[at + 1] != ']') {
                    fail(at, "\"]\" must follow the filter's \")\"");
                }
                return at;
            }
        }
        fail(start, "unterminated filter");
    }

    std::string_view text_;
    std::size_t offset_;
    std::size_t depth_;
    std::size_t at_ = 0;
};

}  // namespace

base::Result<Nodes> parse_nodes(std::string_view text) {
    if (text.size() > kTemplateBytesMax) {
        return base::Error{base::ErrorCode::kLimitExceeded,
                           fmt::format("the template is longer than {} bytes", kTemplateBytesMax)};
    }
    try {
        return Parser(text, 0, 0).parse();
    } catch (Failure& failure) {
        return std::move(failure.error);
    }
}

}  // namespace jsonpath
