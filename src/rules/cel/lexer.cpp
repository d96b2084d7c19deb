// SPDX-License-Identifier: 0BSD
#include "rules/cel/lexer.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace cel {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool starts_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool in_word(char c) { return starts_word(c) || is_digit(c); }

}  // namespace

Token Lexer::token(TokenKind kind, std::size_t size) {
    const Token made{kind, static_cast<std::uint32_t>(position_), source_.substr(position_, size)};
    position_ += size;
    return made;
}

Token Lexer::wrong(std::size_t offset, std::string what) {
    failed_ = true;
    problem_ = {base::ErrorCode::kInvalid, static_cast<std::uint32_t>(offset), std::move(what)};
    return {TokenKind::kWrong, static_cast<std::uint32_t>(offset), {}};
}

void Lexer::skip_blanks() {
    while (position_ < source_.size()) {
        const char c = source_[position_];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
            ++position_;
        } else if (c == '/' && at(position_ + 1) == '/') {
            position_ = std::min(source_.find('\n', position_), source_.size());
        } else {
            return;
        }
    }
}

Token Lexer::next() {
    if (failed_) {
        return {TokenKind::kWrong, problem_.offset, {}};
    }
    skip_blanks();
    if (position_ >= source_.size()) {
        return {TokenKind::kEnd, static_cast<std::uint32_t>(source_.size()), {}};
    }
    const char c = source_[position_];
    if (starts_word(c)) {
        return word();
    }
    if (is_digit(c) || (c == '.' && is_digit(at(position_ + 1)))) {
        return number();
    }
    if (c == '"' || c == '\'') {
        return quoted(0, false, false);
    }
    return c == '`' ? quoted_identifier() : symbol();
}

Token Lexer::word() {
    std::size_t size = 1;
    while (in_word(at(position_ + size))) {
        ++size;
    }
    const std::string_view text = source_.substr(position_, size);
    const char after = at(position_ + size);
    if (size <= 2 && (after == '"' || after == '\'')) {
        const auto has = [&](char lower, char upper) {
            return text.find(lower) != std::string_view::npos || text.find(upper) != std::string_view::npos;
        };
        const bool raw = has('r', 'R');
        const bool bytes = text[0] == 'b' || text[0] == 'B';  // br"…", but not rb"…"
        if ((raw ? 1U : 0U) + (bytes ? 1U : 0U) == size) {
            return quoted(size, raw, bytes);
        }
    }
    if (text == "true") {
        return token(TokenKind::kTrue, size);
    }
    if (text == "false") {
        return token(TokenKind::kFalse, size);
    }
    if (text == "null") {
        return token(TokenKind::kNull, size);
    }
    return token(text == "in" ? TokenKind::kIn : TokenKind::kIdentifier, size);
}

Token Lexer::number() {
    std::size_t end = position_;
    if (at(end) == '0' && at(end + 1) == 'x' && is_hex(at(end + 2))) {
        end += 2;
        while (is_hex(at(end))) {
            ++end;
        }
        const bool whole = at(end) == 'u' || at(end) == 'U';
        return token(whole ? TokenKind::kUint : TokenKind::kInt, end - position_ + (whole ? 1 : 0));
    }
    bool real = false;
    while (is_digit(at(end))) {
        ++end;
    }
    if (at(end) == '.' && is_digit(at(end + 1))) {
        real = true;
        ++end;
        while (is_digit(at(end))) {
            ++end;
        }
    }
    if (at(end) == 'e' || at(end) == 'E') {
        const std::size_t digits = end + (at(end + 1) == '+' || at(end + 1) == '-' ? 2 : 1);
        if (is_digit(at(digits))) {
            real = true;
            end = digits;
            while (is_digit(at(end))) {
                ++end;
            }
        }
    }
    if (real) {
        return token(TokenKind::kDouble, end - position_);
    }
    const bool whole = at(end) == 'u' || at(end) == 'U';
    return token(whole ? TokenKind::kUint : TokenKind::kInt, end - position_ + (whole ? 1 : 0));
}

Token Lexer::quoted(std::size_t prefix, bool raw, bool bytes) {
    const std::size_t open = position_ + prefix;
    const char quote = source_[open];
    const bool triple = at(open + 1) == quote && at(open + 2) == quote;
    std::size_t at_letter = open + (triple ? 3 : 1);
    while (at_letter < source_.size()) {
        const char c = source_[at_letter];
        if (c == '\\' && !raw) {
            at_letter += 2;
        } else if (c == quote && (!triple || (at(at_letter + 1) == quote && at(at_letter + 2) == quote))) {
            return token(bytes ? TokenKind::kBytes : TokenKind::kString,
                         at_letter + (triple ? 3 : 1) - position_);
        } else if (!triple && (c == '\n' || c == '\r')) {
            break;
        } else {
            ++at_letter;
        }
    }
    return wrong(position_, "Syntax error: the string has no closing quote");
}

Token Lexer::quoted_identifier() {
    std::size_t end = position_ + 1;
    const auto fits = [](char c) { return in_word(c) || c == '.' || c == '-' || c == '/' || c == ' '; };
    while (fits(at(end))) {
        ++end;
    }
    if (at(end) != '`' || end == position_ + 1) {
        return wrong(position_, "Syntax error: the quoted identifier is malformed");
    }
    Token made = token(TokenKind::kQuotedIdentifier, end + 1 - position_);
    made.text = made.text.substr(1, made.text.size() - 2);
    return made;
}

Token Lexer::symbol() {
    for (const std::string_view two : {"==", "!=", "<=", ">=", "&&", "||"}) {
        if (source_.substr(position_, 2) == two) {
            return token(TokenKind::kSymbol, 2);
        }
    }
    const char c = source_[position_];
    if (std::string_view("+-*/%<>!?:.,()[]{}").find(c) != std::string_view::npos) {
        return token(TokenKind::kSymbol, 1);
    }
    const bool printable = c > ' ' && c < '\x7f';
    return wrong(position_, printable ? fmt::format("Syntax error: token recognition error at: '{}'", c)
                                      : std::string("Syntax error: a letter that belongs to no token"));
}

}  // namespace cel
