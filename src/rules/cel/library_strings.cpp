// SPDX-License-Identifier: 0BSD
// The library of strings (cel-go, ext/strings): positions are code points, results are new texts.
#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "rules/cel/code_points.hpp"
#include "rules/cel/declaration.hpp"
#include "rules/cel/libraries.hpp"
#include "rules/cel/string_format.hpp"
#include "rules/cel/text_search.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;

Value out_of_range(std::int64_t index) { return Value::error(fmt::format("index out of range: {}", index)); }

// Whether `index` is a position within `text` or its end, as a byte offset.
std::optional<std::size_t> position(std::string_view text, std::int64_t index) {
    if (index < 0 || static_cast<std::uint64_t>(index) > text.size()) {
        return std::nullopt;
    }
    const auto wanted = static_cast<std::size_t>(index);
    const std::size_t offset = code_point_offset(text, wanted);
    if (offset == text.size() && code_point_count(text) < wanted) {
        return std::nullopt;
    }
    return offset;
}

Value char_at(CallContext& /*context*/, Arguments arguments) {
    const std::string_view text = arguments[0].as_string();
    const std::int64_t index = arguments[1].as_int();
    const std::optional<std::size_t> at = position(text, index);
    if (!at) {
        return out_of_range(index);
    }
    return Value::string(*at == text.size() ? ""
                                            : std::string(text.substr(*at, code_point_bytes(text, *at))));
}

Value code_points_before(std::string_view text, std::size_t byte) {
    return Value::integer(static_cast<std::int64_t>(code_point_count(text.substr(0, byte))));
}

// The place of an empty text: the offset, within the text.
Value clamped(std::string_view text, std::int64_t offset) {
    return Value::integer(std::min(offset, static_cast<std::int64_t>(code_point_count(text))));
}

Value index_of_from(std::string_view text, std::string_view part, std::int64_t offset) {
    if (offset < 0) {
        return out_of_range(offset);
    }
    if (part.empty()) {
        return clamped(text, offset);
    }
    const std::optional<std::size_t> from = position(text, offset);
    const std::size_t found = from ? find_first(text, part, *from) : std::string_view::npos;
    return found == std::string_view::npos ? Value::integer(-1) : code_points_before(text, found);
}

Value index_of(CallContext& /*context*/, Arguments arguments) {
    return index_of_from(arguments[0].as_string(), arguments[1].as_string(),
                         arguments.size() > 2 ? arguments[2].as_int() : 0);
}

Value last_index_of(CallContext& /*context*/, Arguments arguments) {
    const std::string_view text = arguments[0].as_string();
    const std::string_view part = arguments[1].as_string();
    const std::int64_t offset =
        arguments.size() > 2 ? arguments[2].as_int() : std::numeric_limits<std::int64_t>::max();
    if (offset < 0) {
        return out_of_range(offset);
    }
    if (part.empty()) {
        return clamped(text, offset);
    }
    std::size_t from = text.size();
    if (arguments.size() > 2) {
        const std::optional<std::size_t> at = position(text, offset);
        if (!at || *at == text.size()) {
            return Value::integer(-1);
        }
        from = *at;
    }
    const std::size_t found = find_last(text, part, from);
    return found == std::string_view::npos ? Value::integer(-1) : code_points_before(text, found);
}

template <char First, char Last, int Shift>
Value shift_case(CallContext& /*context*/, Arguments arguments) {
    std::string text(arguments[0].as_string());
    for (char& c : text) {
        if (c >= First && c <= Last) {
            c = static_cast<char>(c + Shift);
        }
    }
    return Value::string(std::move(text));
}

// Puts `replacement` before each of the first `count` code points and, where there is one more, at the end.
std::string interleave(std::string_view text, std::string_view replacement, std::size_t count) {
    std::string result;
    result.reserve(text.size() + count * replacement.size());
    std::size_t at = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) {
            const std::size_t bytes = code_point_bytes(text, at);
            result += text.substr(at, bytes);
            at += bytes;
        }
        result += replacement;
    }
    result += text.substr(at);
    return result;
}

Value replace(CallContext& context, Arguments arguments) {
    const std::string_view text = arguments[0].as_string();
    const std::string_view old = arguments[1].as_string();
    const std::string_view replacement = arguments[2].as_string();
    const std::int64_t limit = arguments.size() > 3 ? arguments[3].as_int() : -1;
    if (limit == 0 || old == replacement) {
        return Value::string(std::string(text));
    }
    std::size_t count = old.empty() ? code_point_count(text) + 1 : count_occurrences(text, old);
    if (limit > 0) {
        count = std::min(count, static_cast<std::size_t>(limit));
    }
    const std::uint64_t bytes =
        saturating_add(text.size() - count * old.size(), saturating_multiply(count, replacement.size()));
    if (!pay_for_text(context, bytes, text.size())) {
        return cost_exceeded();
    }
    if (old.empty()) {
        return Value::string(interleave(text, replacement, count));
    }
    std::string result;
    result.reserve(bytes);
    std::size_t at = 0;
    for (; count > 0; --count) {
        const std::size_t found = find_first(text, old, at);
        result += text.substr(at, found - at);
        result += replacement;
        at = found + old.size();
    }
    result += text.substr(at);
    return Value::string(std::move(result));
}

// The byte after the first separator at or behind `at`, and the piece before it; nothing where no separator follows.
struct Piece {
    std::string_view text;
    std::size_t next = 0;
};
std::optional<Piece> next_piece(std::string_view text, std::string_view separator, std::size_t at) {
    if (separator.empty()) {
        const std::size_t bytes = code_point_bytes(text, at);
        return at + bytes == text.size() ? std::nullopt
                                         : std::optional(Piece{text.substr(at, bytes), at + bytes});
    }
    const std::size_t found = find_first(text, separator, at);
    if (found == std::string_view::npos) {
        return std::nullopt;
    }
    return Piece{text.substr(at, found - at), found + separator.size()};
}

// Memory of a short text in a list.
constexpr std::uint64_t kPieceBytes = 96;

Value split(CallContext& context, Arguments arguments) {
    const std::string_view text = arguments[0].as_string();
    const std::string_view separator = arguments[1].as_string();
    const std::int64_t limit = arguments.size() > 2 ? arguments[2].as_int() : -1;
    std::vector<Value> pieces;
    if (limit == 0 || (separator.empty() && text.empty())) {
        return Value::list(std::move(pieces));
    }
    std::size_t count = separator.empty() ? code_point_count(text) : count_occurrences(text, separator) + 1;
    if (limit > 0) {
        count = std::min(count, static_cast<std::size_t>(limit));
    }
    if (!context.keep(saturating_multiply(count, kPieceBytes))) {
        return cost_exceeded();
    }
    pieces.reserve(count);
    std::size_t at = 0;
    while (pieces.size() + 1 < count) {
        const std::optional<Piece> piece = next_piece(text, separator, at);
        if (!piece) {
            break;
        }
        pieces.push_back(Value::string(std::string(piece->text)));
        at = piece->next;
    }
    pieces.push_back(Value::string(std::string(text.substr(at))));
    return Value::list(std::move(pieces));
}

Value substring(CallContext& /*context*/, Arguments arguments) {
    const std::string_view text = arguments[0].as_string();
    const std::int64_t start = arguments[1].as_int();
    if (arguments.size() > 2 && start > arguments[2].as_int()) {
        return Value::error(
            fmt::format("invalid substring range. start: {}, end: {}", start, arguments[2].as_int()));
    }
    const std::optional<std::size_t> from = position(text, start);
    if (!from) {
        return out_of_range(start);
    }
    if (arguments.size() == 2) {
        return Value::string(std::string(text.substr(*from)));
    }
    const std::optional<std::size_t> to = position(text, arguments[2].as_int());
    if (!to) {
        return out_of_range(arguments[2].as_int());
    }
    return Value::string(std::string(text.substr(*from, *to - *from)));
}

// Unicode's White_Space.
bool is_space(std::string_view point) {
    switch (point.size()) {
        case 1: return point[0] == ' ' || (point[0] >= '\t' && point[0] <= '\r');
        case 2: return point == "\u0085" || point == "\u00A0";
        case 3:
            return point == "\u1680" || (point >= "\u2000" && point <= "\u200A") || point == "\u2028" ||
                   point == "\u2029" || point == "\u202F" || point == "\u205F" || point == "\u3000";
        default: return false;
    }
}

Value trim(CallContext& /*context*/, Arguments arguments) {
    const std::string_view text = arguments[0].as_string();
    std::size_t begin = text.size();
    std::size_t end = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = code_point_bytes(text, at);
        if (!is_space(text.substr(at, bytes))) {
            begin = std::min(begin, at);
            end = at + bytes;
        }
        at += bytes;
    }
    return Value::string(begin < end ? std::string(text.substr(begin, end - begin)) : "");
}

Value reverse(CallContext& /*context*/, Arguments arguments) {
    const std::string_view text = arguments[0].as_string();
    std::string result(text.size(), '\0');
    std::size_t end = text.size();
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = code_point_bytes(text, at);
        end -= bytes;
        text.copy(result.data() + end, bytes, at);
        at += bytes;
    }
    return Value::string(std::move(result));
}

Value join(CallContext& context, Arguments arguments) {
    const Value& list = arguments[0];
    const std::string_view separator = arguments.size() > 1 ? arguments[1].as_string() : "";
    std::uint64_t bytes = list.size() > 1 ? saturating_multiply(list.size() - 1, separator.size()) : 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Value element = list.element(i);
        if (element.kind() != ValueKind::kString) {
            return Value::error(fmt::format("join: invalid input: {}", element.type().name()));
        }
        bytes = saturating_add(bytes, element.as_string().size());
    }
    if (!pay_for_text(context, bytes, 0)) {
        return cost_exceeded();
    }
    std::string result;
    result.reserve(bytes);
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (i > 0) {
            result += separator;
        }
        result += list.element(i).as_string();
    }
    return Value::string(std::move(result));
}

// The escape that a quoted text of the language has for `c`, or 0.
char quote_escape(char c) {
    constexpr std::string_view kPlain = "\a\b\f\n\r\t\v\\\"";
    constexpr std::string_view kEscapes = "abfnrtv\\\"";
    const std::size_t index = kPlain.find(c);
    return index == std::string_view::npos ? '\0' : kEscapes[index];
}

Value quote(CallContext& /*context*/, Arguments arguments) {
    std::string result = "\"";
    for (const char c : arguments[0].as_string()) {
        if (const char escape = quote_escape(c); escape != 0) {
            result += '\\';
            result += escape;
        } else {
            result += c;
        }
    }
    result += '"';
    return Value::string(std::move(result));
}

template <FormatDialect Dialect>
Value format(CallContext& context, Arguments arguments) {
    return format_text(context, arguments[0].as_string(), arguments[1], Dialect);
}

void add_search(Declarations& declare) {
    const Type text = string_type();
    declare.member("string_index_of_string", "indexOf", {text, text}, int_type(), index_of);
    declare.member("string_index_of_string_int", "indexOf", {text, text, int_type()}, int_type(), index_of);
    declare.member("string_last_index_of_string", "lastIndexOf", {text, text}, int_type(), last_index_of);
    declare.member("string_last_index_of_string_int", "lastIndexOf", {text, text, int_type()}, int_type(),
                   last_index_of);
}

void add_format(Declarations& declare, int version) {
    constexpr int kPlainSince = 4;
    constexpr int kBoundedSince = 5;
    Function call = format<FormatDialect::kEnglish>;
    if (version >= kBoundedSince) {
        call = format<FormatDialect::kPlainBounded>;
    } else if (version >= kPlainSince) {
        call = format<FormatDialect::kPlain>;
    }
    declare.member("string_format", "format", {string_type(), Type::list(Type::dyn())}, string_type(), call);
}

}  // namespace

void add_strings(FunctionSet& functions, StringsOptions options) {
    const Type text = string_type();
    Declarations declare(functions);
    declare.member("string_char_at_int", "charAt", {text, int_type()}, text, char_at);
    add_search(declare);
    declare.member("string_lower_ascii", "lowerAscii", {text}, text, shift_case<'A', 'Z', 'a' - 'A'>);
    declare.member("string_upper_ascii", "upperAscii", {text}, text, shift_case<'a', 'z', 'A' - 'a'>);
    declare.member("string_replace_string_string", "replace", {text, text, text}, text, replace);
    declare.member("string_replace_string_string_int", "replace", {text, text, text, int_type()}, text,
                   replace);
    declare.member("string_split_string", "split", {text, text}, strings_type(), split);
    declare.member("string_split_string_int", "split", {text, text, int_type()}, strings_type(), split);
    declare.member("string_substring_int", "substring", {text, int_type()}, text, substring);
    declare.member("string_substring_int_int", "substring", {text, int_type(), int_type()}, text, substring);
    declare.member("string_trim", "trim", {text}, text, trim);
    declare.member("list_join", "join", {strings_type()}, text, join);
    declare.member("list_join_string", "join", {strings_type(), text}, text, join);
    if (options.version >= 1) {
        add_format(declare, options.version);
        declare.global("strings_quote", "strings.quote", {text}, text, quote);
    }
    if (options.version >= 3) {
        declare.member("string_reverse", "reverse", {text}, text, reverse);
    }
}

}  // namespace cel
