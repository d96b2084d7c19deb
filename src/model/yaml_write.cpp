// SPDX-License-Identifier: 0BSD
#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "model/number_text.hpp"
#include "model/utf8.hpp"
#include "model/yaml.hpp"
#include "model/yaml_scalar.hpp"

namespace model {
namespace {

namespace bj = boost::json;

constexpr std::size_t kIndent = 2;
constexpr std::size_t kLineWidth = 80;      // a space beyond this column becomes a line break
constexpr std::size_t kSimpleKeyMax = 128;  // longer keys are written "? key"

std::string_view view(const bj::string& text) { return {text.data(), text.size()}; }

bool is_break(char32_t code) {
    return code == '\n' || code == '\r' || code == 0x85 || code == 0x2028 || code == 0x2029;
}

// What may stand in a file as it is. The common emitters escape characters beyond the basic plane; so does this one. Line
// breaks other than \n are escaped, because a reader may change them.
bool is_printable(char32_t code) {
    return code == '\n' || (code >= 0x20 && code <= 0x7E) ||
           (code >= 0xA0 && code <= 0xFFFD && (code < 0xD800 || code > 0xDFFF) && code != 0xFEFF &&
            code != 0x2028 && code != 0x2029);
}

// Which ways to write a text give the same text back.
struct Analysis {
    bool multiline = false;
    bool plain = true;
    bool single_quoted = true;
    bool literal = true;
};

// Marks the characters that mean something at this place of a plain scalar.
bool is_indicator(std::string_view text, std::size_t at, bool after_blank) {
    const bool before_blank = at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '\n';
    const char letter = text[at];
    if (at == 0) {
        return std::string_view("#,[]{}&*!|>'\"%@`").contains(letter) ||
               (before_blank && (letter == '?' || letter == ':' || letter == '-'));
    }
    return (letter == ':' && before_blank) || (letter == '#' && after_blank);
}

Analysis analyze(std::string_view text) {
    Analysis result;
    result.plain = !text.starts_with("---") && !text.starts_with("...");
    bool special = false;
    bool space_before = false;
    bool break_before = false;
    for (std::size_t at = 0; at < text.size();) {
        const Utf8Letter letter = utf8_at(text, at);
        special = special || !is_printable(letter.code);
        result.plain = result.plain && !is_indicator(text, at, at == 0 || space_before || break_before);
        const bool space = letter.code == ' ';
        const bool line_break = is_break(letter.code);
        result.multiline = result.multiline || line_break;
        if (space && break_before) {
            result.single_quoted = false;
        }
        if (line_break && space_before) {
            special = true;
        }
        space_before = space;
        break_before = line_break;
        at += letter.size;
    }
    const bool blank_ends = text.starts_with(' ') || text.ends_with(' ');
    result.plain = result.plain && !special && !result.multiline && !blank_ends;
    result.single_quoted = result.single_quoted && !special;
    result.literal = !text.empty() && !special && !text.ends_with(' ');
    return result;
}

// Go's YAML sorts keys as people do: letters last, runs of digits by their value.
bool key_before(std::string_view left, std::string_view right) {
    const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
    const auto is_letter = [](char letter) {
        const auto byte = static_cast<unsigned char>(letter);
        return (byte | 0x20U) - 'a' < 26U || byte >= 0x80;
    };
    const auto [left_end, right_end] = std::ranges::mismatch(left, right);
    if (left_end == left.end() || right_end == right.end()) {
        return left.size() < right.size();
    }
    const auto at = static_cast<std::size_t>(left_end - left.begin());
    const bool left_letter = is_letter(left[at]);
    const bool right_letter = is_letter(right[at]);
    if (left_letter || right_letter) {
        return left_letter && right_letter
                   ? static_cast<unsigned char>(left[at]) < static_cast<unsigned char>(right[at])
                   : right_letter;
    }
    std::uint64_t start = 0;
    if (left[at] == '0' || right[at] == '0') {
        // A zero after a digit other than zero does not lead its number.
        for (std::size_t back = at; back > 0 && is_digit(left[back - 1]); --back) {
            start = left[back - 1] != '0' ? 1 : start;
        }
    }
    const auto number_from = [&](std::string_view text) {
        std::uint64_t number = start;
        std::size_t end = at;
        for (; end < text.size() && is_digit(text[end]); ++end) {
            number = number * 10 + static_cast<std::uint64_t>(text[end] - '0');
        }
        return std::pair(static_cast<std::int64_t>(number), end);
    };
    const auto left_number = number_from(left);
    const auto right_number = number_from(right);
    return left_number != right_number
               ? left_number < right_number
               : static_cast<unsigned char>(left[at]) < static_cast<unsigned char>(right[at]);
}

class Writer {
public:
    std::string write(const Value& value) && {
        append(value, 0, Place::kRoot);
        if (column_ > 0) {
            break_line();
        }
        return std::move(out_);
    }

private:
    // Where a value stands decides whether its first line continues the current one.
    enum class Place { kRoot, kAfterKey, kAfterDash };

    void append(const Value& value, std::size_t indent, Place place) {
        switch (value.kind()) {
            case bj::kind::null: return put("null", place);
            case bj::kind::bool_: return put(value.get_bool() ? "true" : "false", place);
            case bj::kind::int64: return put(fmt::format_int(value.get_int64()).str(), place);
            case bj::kind::uint64: return put(fmt::format_int(value.get_uint64()).str(), place);
            case bj::kind::double_: {
                std::string text;
                append_short_number(text, value.get_double());
                return put(text, place);
            }
            case bj::kind::string:
                if (place == Place::kAfterKey) {
                    put_raw(" ");
                }
                return append_text(view(value.get_string()), indent, false);
            case bj::kind::array: return append_array(value.get_array(), indent, place);
            case bj::kind::object: return append_object(value.get_object(), indent, place);
        }
    }

    void append_array(const Array& array, std::size_t indent, Place place) {
        if (array.empty()) {
            return put("[]", place);
        }
        // A list below a key starts at the key's own column.
        const std::size_t column = place == Place::kAfterKey ? indent - kIndent : indent;
        bool first = true;
        for (const Value& element : array) {
            if (!first || place == Place::kAfterKey) {
                new_line(column);
            }
            first = false;
            put_raw("- ");
            append(element, column + kIndent, Place::kAfterDash);
        }
    }

    void append_object(const Object& object, std::size_t indent, Place place) {
        if (object.empty()) {
            return put("{}", place);
        }
        const std::size_t start = keys_.size();
        for (const auto& entry : object) {
            keys_.push_back(&entry);
        }
        sort_keys(keys_.begin() + static_cast<std::ptrdiff_t>(start));
        for (std::size_t index = start; index < start + object.size(); ++index) {
            const bj::key_value_pair& entry = *keys_[index];
            if (index != start || place == Place::kAfterKey) {
                new_line(indent);
            }
            const Place value_place = append_key({entry.key().data(), entry.key().size()}, indent);
            append(entry.value(), indent + kIndent, value_place);
        }
        keys_.resize(start);
    }

    // A heap, because Go's order of keys is none that std::sort may be given: it is not transitive for every input. By bytes
    // first, so that the same keys are written in one order wherever they stood in the object.
    void sort_keys(std::vector<const bj::key_value_pair*>::iterator first) {
        const auto before = [](const auto* left, const auto* right) {
            return key_before(left->key(), right->key());
        };
        std::sort(first, keys_.end(),
                  [](const auto* left, const auto* right) { return left->key() < right->key(); });
        if (!std::is_sorted(first, keys_.end(), before)) {
            std::make_heap(first, keys_.end(), before);
            std::sort_heap(first, keys_.end(), before);
        }
    }

    // Returns where the value then stands.
    Place append_key(std::string_view key, std::size_t indent) {
        if (key.size() <= kSimpleKeyMax && key.find('\n') == std::string_view::npos) {
            append_text(key, indent + kIndent, true);
            put_raw(":");
            return Place::kAfterKey;
        }
        put_raw("? ");
        append_text(key, indent + kIndent, false);
        new_line(indent);
        put_raw(": ");
        return Place::kAfterDash;
    }

    void append_text(std::string_view text, std::size_t block_indent, bool as_key) {
        const std::size_t indent = std::max(block_indent, kIndent);
        const Analysis analysis = analyze(text);
        const std::size_t fold = as_key ? std::string::npos : kLineWidth;
        if (text.find('\n') != std::string_view::npos) {
            return analysis.literal ? append_literal(text, indent) : append_double_quoted(text, indent, fold);
        }
        if (needs_quotes(text) || (!analysis.plain && !analysis.single_quoted)) {
            return append_double_quoted(text, indent, fold);
        }
        append_folded(text, indent, fold, !analysis.plain);
    }

    // Plain or single-quoted, broken at a single space beyond the line's width.
    void append_folded(std::string_view text, std::size_t indent, std::size_t fold, bool quoted) {
        if (quoted) {
            put_raw("'");
        }
        bool space_before = false;
        for (std::size_t at = 0; at < text.size(); ++at) {
            const char letter = text[at];
            const bool inside = !quoted || (at > 0 && at + 1 < text.size());
            const bool space = letter == ' ';
            if (space && !space_before && column_ > fold && inside &&
                (at + 1 == text.size() || text[at + 1] != ' ')) {
                new_line(indent);
            } else {
                put_byte(letter);
                if (quoted && letter == '\'') {
                    put_byte('\'');
                }
            }
            space_before = space;
        }
        if (quoted) {
            put_raw("'");
        }
    }

    void append_double_quoted(std::string_view text, std::size_t indent, std::size_t fold) {
        put_raw("\"");
        bool space_before = false;
        for (std::size_t at = 0; at < text.size();) {
            const Utf8Letter letter = utf8_at(text, at);
            const bool space = letter.code == ' ';
            if (space && !space_before && column_ > fold && at > 0 && at + 1 < text.size()) {
                new_line(indent);
                if (text[at + 1] == ' ') {
                    put_raw("\\");
                }
            } else if (!is_printable(letter.code) || letter.code == '\n' || letter.code == '"' ||
                       letter.code == '\\') {
                append_escape(letter.code);
            } else {
                put_raw(text.substr(at, letter.size));
                column_ -= letter.size - 1;
            }
            space_before = space;
            at += letter.size;
        }
        put_raw("\"");
    }

    void append_escape(char32_t code) {
        constexpr std::string_view kNamed(
            "\0"
            "0\aa\bb\tt\nn\vv\ff\rr\x1B"
            "e\"\"\\\\",
            22);
        put_byte('\\');
        for (std::size_t at = 0; at < kNamed.size(); at += 2) {
            if (static_cast<char32_t>(kNamed[at]) == code) {
                return put_byte(kNamed[at + 1]);
            }
        }
        switch (code) {
            case 0x85: return put_byte('N');
            case 0xA0: return put_byte('_');
            case 0x2028: return put_byte('L');
            case 0x2029: return put_byte('P');
            default: break;
        }
        const auto number = static_cast<std::uint32_t>(code);
        put_raw(number <= 0xFF     ? fmt::format("x{:02X}", number)
                : number <= 0xFFFF ? fmt::format("u{:04X}", number)
                                   : fmt::format("U{:08X}", number));
    }

    void append_literal(std::string_view text, std::size_t indent) {
        put_raw("|");
        if (text.starts_with(' ') || text.starts_with('\n')) {
            put_raw("2");
        }
        if (!text.ends_with('\n')) {
            put_raw("-");
        } else if (text == "\n" || text.ends_with("\n\n")) {
            put_raw("+");
        }
        break_line();
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            if (end > 0) {
                out_.append(indent, ' ');
                out_ += text.substr(0, end);
                column_ = indent + end;
            }
            if (end < text.size()) {
                break_line();
            }
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }

    // A value of one word.
    void put(std::string_view word, Place place) {
        if (place == Place::kAfterKey) {
            put_raw(" ");
        }
        put_raw(word);
    }

    void put_raw(std::string_view text) {
        out_ += text;
        column_ += text.size();
    }

    // Counts characters, not bytes.
    void put_byte(char letter) {
        out_.push_back(letter);
        column_ += (static_cast<unsigned char>(letter) & 0xC0U) == 0x80 ? 0 : 1;
    }

    void break_line() {
        out_.push_back('\n');
        column_ = 0;
    }

    // A literal block that ends with a line break has begun the line already.
    void new_line(std::size_t indent) {
        if (column_ > 0) {
            break_line();
        }
        out_.append(indent, ' ');
        column_ = indent;
    }

    std::string out_;
    std::size_t column_ = 0;
    std::vector<const bj::key_value_pair*> keys_;
};

}  // namespace

std::string to_yaml(const Value& value) { return Writer().write(value); }

}  // namespace model
