// SPDX-License-Identifier: 0BSD
// Lexer: the tokens of an expression.
#pragma once

#include <cstdint>
#include <string_view>

#include "rules/cel/source.hpp"

namespace cel {

enum class TokenKind : std::uint8_t {
    kEnd,
    kIdentifier,
    kQuotedIdentifier,  // `a-b`, only after a dot or as a field of a message; text without its quotes
    kInt,
    kUint,
    kDouble,
    kString,  // text with quotes and prefix
    kBytes,
    kTrue,
    kFalse,
    kNull,
    kIn,
    kSymbol,  // text: "&&", "(", …
    kWrong,   // no token; the lexer has its problem
};

struct Token {
    TokenKind kind = TokenKind::kEnd;
    std::uint32_t offset = 0;
    std::string_view text;

    bool is(std::string_view symbol) const { return kind == TokenKind::kSymbol && text == symbol; }
};

class Lexer {
public:
    explicit Lexer(std::string_view source) : source_(source) {}
    // kEnd again and again at the end; kWrong again and again after a problem.
    Token next();
    const Problem& problem() const { return problem_; }

private:
    Token token(TokenKind kind, std::size_t size);
    Token wrong(std::size_t offset, std::string what);
    void skip_blanks();
    Token number();
    Token quoted(std::size_t prefix, bool raw, bool bytes);
    Token quoted_identifier();
    Token word();
    Token symbol();
    char at(std::size_t offset) const { return offset < source_.size() ? source_[offset] : '\0'; }

    std::string_view source_;
    std::size_t position_ = 0;
    bool failed_ = false;
    Problem problem_;
};

}  // namespace cel
