// SPDX-License-Identifier: 0BSD
#include "rules/envsubst/substitute.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "rules/envsubst/functions.hpp"
#include "rules/envsubst/letters.hpp"
#include "rules/envsubst/pattern.hpp"

namespace envsubst {
namespace {

// Private to this file: substitute() turns it into an Error.
struct Failure {
    base::ErrorCode code = base::ErrorCode::kInvalid;
    std::size_t at = 0;
    std::string reason;
};

// Where a piece of text within ${…} ends, besides at "${".
enum class Until { kNever, kBrace, kSlash, kColonOrBrace };
// What may be escaped there: $ by $ only, or / and \ by \ as well.
enum class Escapes { kNone, kDollar, kAll };

struct Piece {
    Until until = Until::kNever;
    Escapes escapes = Escapes::kNone;
};

// Reads the text once and writes the result as it goes. What the grammar takes is the original's, oddities included.
class Evaluator {
public:
    Evaluator(std::string_view text, const Variables& variables, Options options)
        : text_(text), variables_(variables), options_(options) {}

    std::string run() {
        std::string out;
        out.reserve(text_.size() + text_.size() / 8);
        while (at_ < text_.size()) {
            if (at_opening()) {
                evaluate(out);
            } else {
                copy(out, {Until::kNever, Escapes::kDollar});
            }
        }
        return out;
    }

private:
    [[noreturn]] void fail(std::size_t at, std::string reason,
                           base::ErrorCode code = base::ErrorCode::kInvalid) const {
        throw Failure{code, at, std::move(reason)};
    }

    bool at_opening() const { return text_.substr(at_, 2) == "${"; }
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    bool take(char expected) {
        if (at_ >= text_.size() || text_[at_] != expected) {
            return false;
        }
        ++at_;
        return true;
    }
    void expect_closing(std::size_t start) {
        if (!take('}')) {
            fail(start, "\"${\" is not closed, or something follows its operator");
        }
    }

    void append(std::string& out, std::string_view piece) const {
        if (out.size() + piece.size() > kOutputBytesMax) {
            fail(at_, fmt::format("the result is larger than {} bytes", kOutputBytesMax),
                 base::ErrorCode::kLimitExceeded);
        }
        out += piece;
    }

    bool ends(char letter, Until until) const {
        switch (until) {
            case Until::kNever: return false;
            case Until::kBrace: return letter == '}';
            case Until::kSlash: return letter == '/';
            case Until::kColonOrBrace: return letter == ':' || letter == '}';
        }
        return false;
    }

    // Whether the character at at_ is the escape of the next one.
    bool escapes(Escapes escapes) const {
        const char next = peek(1);
        return (escapes != Escapes::kNone && text_[at_] == '$' && next == '$') ||
               (escapes == Escapes::kAll && text_[at_] == '\\' && (next == '/' || next == '\\'));
    }

    // Copies text up to "${" or to where `piece` ends; false when there is none.
    bool copy(std::string& out, Piece piece) {
        const std::size_t start = at_;
        std::size_t copied = at_;
        while (at_ < text_.size()) {
            if (piece.until == Until::kNever) {
                at_ = std::min(text_.find('$', at_), text_.size());
                if (at_ == text_.size()) {
                    break;
                }
            }
            if (at_opening()) {
                break;
            }
            if (escapes(piece.escapes)) {
                append(out, text_.substr(copied, at_ - copied));
                copied = at_ + 1;
                at_ += 2;
            } else if (ends(text_[at_], piece.until)) {
                break;
            } else {
                ++at_;
            }
        }
        append(out, text_.substr(copied, at_ - copied));
        return at_ > start;
    }

    // One argument of an operator: a nested ${…} or a piece of text, not both.
    void argument(std::string& out, Piece piece, std::size_t start) {
        if (at_opening()) {
            evaluate(out);
        } else if (!copy(out, piece)) {
            fail(start, at_ < text_.size() ? "something is missing behind the operator of \"${\""
                                           : "\"${\" is not closed");
        }
    }

    std::string_view name(std::size_t start) {
        const std::size_t begin = at_;
        while (const std::size_t size = name_letter_at(text_, at_)) {
            at_ += size;
        }
        if (at_ == begin) {
            fail(start, "no variable's name follows \"${\"; write $${ for a plain ${");
        }
        return text_.substr(begin, at_ - begin);
    }

    // nullopt when it is not set.
    std::optional<std::string_view> find(std::string_view name) const {
        const auto found = variables_.find(name);
        if (found == variables_.end()) {
            return std::nullopt;
        }
        return found->second;
    }

    std::string_view value_of(std::string_view name, std::size_t start) const {
        const auto value = find(name);
        if (!value && options_.strict) {
            fail(start, fmt::format("variable not set: \"{}\"", name));
        }
        return value.value_or(std::string_view());
    }

    // At "${": appends what it stands for, and goes behind its brace.
    void evaluate(std::string& out) {
        const std::size_t start = at_;
        if (++depth_ > kNestingMax) {
            fail(start, fmt::format("\"${{\" is nested deeper than {} levels", kNestingMax),
                 base::ErrorCode::kLimitExceeded);
        }
        at_ += 2;
        if (take('#')) {
            const std::string_view measured = name(start);
            expect_closing(start);
            append(out, std::to_string(value_of(measured, start).size()));
        } else {
            evaluate_named(out, name(start), start);
        }
        --depth_;
    }

    void evaluate_named(std::string& out, std::string_view name, std::size_t start) {
        switch (peek()) {
            case ':':
                if (std::string_view("=-?+").contains(peek(1))) {
                    at_ += 2;
                    return evaluate_default(out, name, start);
                }
                return evaluate_part(out, name, start);
            case '=': ++at_; return evaluate_default(out, name, start);
            case ',':
            case '^': return evaluate_case(out, name, start);
            case '/': return evaluate_replace(out, name, start);
            case '#':
            case '%': return evaluate_trim(out, name, start);
            default: break;
        }
        if (!take('}')) {
            fail(start, fmt::format("\"${{{}\" is not closed", name));
        }
        append(out, value_of(name, start));
    }

    // ${a:-word}, ${a:=word}, ${a:?word}, ${a:+word} and ${a=word} all mean: the word when a is empty or not set.
    void evaluate_default(std::string& out, std::string_view name, std::size_t start) {
        const std::size_t begin = out.size();
        while (peek() != '}') {
            argument(out, {Until::kBrace, Escapes::kNone}, start);
        }
        ++at_;
        if (const auto value = find(name); value && !value->empty()) {
            out.resize(begin);
            append(out, *value);
        }
    }

    // ${a:offset} and ${a:offset:length}.
    void evaluate_part(std::string& out, std::string_view name, std::size_t start) {
        // The original stumbles over a character beyond ASCII there.
        if (static_cast<unsigned char>(peek(1)) >= 0x80) {
            fail(start, "behind \":\" stands neither an operator nor a number");
        }
        ++at_;
        std::string offset;
        argument(offset, {Until::kColonOrBrace, Escapes::kNone}, start);
        std::optional<std::string> length;
        if (take(':')) {
            while (take(':')) {
            }
            length.emplace();
            argument(*length, {Until::kBrace, Escapes::kNone}, start);
        }
        expect_closing(start);
        const auto result = part(value_of(name, start), offset, length);
        if (!result) {
            fail(start, fmt::format("${{{}:…}}: {}", name, result.error().message));
        }
        append(out, *result);
    }

    // ${a^}, ${a^^}, ${a,} and ${a,,}; a mixture of both signs changes nothing.
    void evaluate_case(std::string& out, std::string_view name, std::size_t start) {
        const char sign = peek();
        const bool twice = peek(1) == ',' || peek(1) == '^';
        const bool mixed = twice && peek(1) != sign;
        at_ += twice ? 2 : 1;
        expect_closing(start);
        const std::string_view value = value_of(name, start);
        const Case to = sign == '^' ? Case::kUpper : Case::kLower;
        if (mixed) {
            append(out, value);
        } else {
            append(out, twice ? change_case(value, to) : change_first(value, to));
        }
    }

    // ${a#pattern}, ${a##pattern}, ${a%pattern} and ${a%%pattern}.
    void evaluate_trim(std::string& out, std::string_view name, std::size_t start) {
        const char sign = peek();
        const bool longest = peek(1) == sign;
        at_ += longest ? 2 : 1;
        std::string pattern;
        argument(pattern, {Until::kBrace, Escapes::kNone}, start);
        expect_closing(start);
        const std::string result =
            trim(value_of(name, start), pattern, {.suffix = sign == '%', .longest = longest}, budget_);
        if (budget_.exhausted) {
            fail(start, fmt::format("the patterns up to \"${{{}\" take too long to match", name),
                 base::ErrorCode::kLimitExceeded);
        }
        append(out, result);
    }

    // ${a/old/new}, ${a//old/new}, ${a/#old/new} and ${a/%old/new}.
    void evaluate_replace(std::string& out, std::string_view name, std::size_t start) {
        const char kind = peek(1);
        const bool has_kind = kind == '/' || kind == '#' || kind == '%';
        at_ += has_kind ? 2 : 1;
        std::string old_text;
        argument(old_text, {Until::kSlash, Escapes::kAll}, start);
        if (!take('/')) {
            fail(start, fmt::format("\"${{{}/…\" lacks its second slash", name));
        }
        while (take('/')) {
        }
        std::string new_text;
        const bool has_new_text = peek() != '}';
        if (has_new_text) {
            argument(new_text, {Until::kBrace, Escapes::kAll}, start);
        }
        expect_closing(start);
        const std::string_view value = value_of(name, start);
        const bool anchored = kind == '#' || kind == '%';
        if (anchored && !has_new_text) {
            return append(out, value);
        }
        const Where where = kind == '/'   ? Where::kEverywhere
                            : kind == '#' ? Where::kBeginning
                            : kind == '%' ? Where::kEnd
                                          : Where::kFirst;
        const auto result = replace(value, {old_text, new_text, where}, kOutputBytesMax);
        if (!result) {
            fail(start, fmt::format("${{{}/…}}: {}", name, result.error().message), result.error().code);
        }
        append(out, *result);
    }

    std::string_view text_;
    const Variables& variables_;
    Options options_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    MatchBudget budget_;
};

std::string place(std::string_view text, std::size_t at) {
    const std::string_view before = text.substr(0, at);
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is the first line's start
    return fmt::format("line {}, column {}", std::ranges::count(before, '\n') + 1, at - line_start + 1);
}

}  // namespace

bool needs_substitution(std::string_view text) {
    for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
        if (at + 1 < text.size() && (text[at + 1] == '{' || text[at + 1] == '$')) {
            return true;
        }
    }
    return false;
}

base::Result<std::string> substitute(std::string_view text, const Variables& variables, Options options) {
    if (!needs_substitution(text)) {
        return std::string(text);
    }
    try {
        return Evaluator(text, variables, options).run();
    } catch (const Failure& failure) {
        return base::Error{failure.code, fmt::format("{}: {}", place(text, failure.at), failure.reason)};
    }
}

std::string fingerprint(const Variables& variables) {
    if (variables.empty()) {
        return {};
    }
    base::Sha256 sum;
    for (const auto& [name, value] : variables) {
        sum.update(fmt::format("{}:{}={}:", name.size(), name, value.size()));
        sum.update(value);
        sum.update("\n");
    }
    return sum.finish().hex();
}

}  // namespace envsubst
