// SPDX-License-Identifier: 0BSD
// Operands: literals, names, selections, lists, maps and calls.
#include <algorithm>

#include <fmt/format.h>

#include "rules/cel/literal.hpp"
#include "rules/cel/parser_state.hpp"

namespace cel {
namespace {

// Kept by the specification for languages that embed it; fields may have these names, variables and functions may not.
constexpr std::string_view kReserved[] = {"as",        "break",  "const",  "continue", "else", "for",
                                          "function",  "if",     "import", "let",      "loop", "package",
                                          "namespace", "return", "var",    "void",     "while"};

bool is_number(const Token& token) {
    return token.kind == TokenKind::kInt || token.kind == TokenKind::kUint ||
           token.kind == TokenKind::kDouble;
}

bool is_path(const Expr& made) {
    const Expr* at = &made;
    while (at->kind == ExprKind::kSelect && !at->test && !at->optional) {
        at = at->target;
    }
    return at->kind == ExprKind::kIdent;
}

}  // namespace

Expr* Parser::member(Expr* made) {
    while (made != nullptr) {
        if (token_.is(".")) {
            made = select(made);
        } else if (token_.is("[")) {
            made = index(made);
        } else if (token_.is("{") && is_path(*made)) {
            made = message(made);
        } else {
            return made;
        }
    }
    return nullptr;
}

Expr* Parser::select(Expr* target) {
    const std::uint32_t dot = token_.offset;
    advance();
    const bool optional = token_.is("?");
    if (optional) {
        if (!options_.optional_syntax) {
            return fail(dot, "unsupported syntax '.?'");
        }
        advance();
    }
    const Token field = token_;
    if (field.kind != TokenKind::kIdentifier && field.kind != TokenKind::kQuotedIdentifier) {
        return unexpected();
    }
    advance();
    if (!optional && field.kind == TokenKind::kIdentifier && token_.is("(")) {
        const std::uint32_t open = token_.offset;
        advance();
        std::vector<Expr*> given;
        return arguments(given, ")") ? call(target, field.text, open, given) : nullptr;
    }
    Expr* made = ast_.make(ExprKind::kSelect, dot);
    made->target = target;
    made->name = field.text;
    made->optional = optional;
    return finish(made);
}

Expr* Parser::index(Expr* target) {
    Expr* made = ast_.make(ExprKind::kIndex, token_.offset);
    advance();
    if (token_.is("?")) {
        if (!options_.optional_syntax) {
            return fail(token_.offset, "unsupported syntax '[?'");
        }
        made->optional = true;
        advance();
    }
    Expr* key = expression();
    if (key == nullptr || !expect("]")) {
        return nullptr;
    }
    made->target = target;
    made->arguments = keep({key});
    return finish(made);
}

Expr* Parser::primary() {
    if (token_.kind == TokenKind::kIdentifier) {
        return name(false);
    }
    if (token_.kind == TokenKind::kSymbol) {
        if (take("(")) {
            Expr* inner = expression();
            return inner != nullptr && expect(")") ? inner : nullptr;
        }
        if (token_.is("[")) {
            return list();
        }
        if (token_.is("{")) {
            return map();
        }
        return take(".") ? name(true) : unexpected();
    }
    const bool is_literal = is_number(token_) || token_.kind == TokenKind::kString ||
                            token_.kind == TokenKind::kBytes || token_.kind == TokenKind::kTrue ||
                            token_.kind == TokenKind::kFalse || token_.kind == TokenKind::kNull;
    return is_literal ? number(false) : unexpected();
}

Expr* Parser::name(bool rooted) {
    const Token token = token_;
    if (token.kind != TokenKind::kIdentifier) {
        return unexpected();
    }
    if (std::ranges::find(kReserved, token.text) != std::end(kReserved)) {
        return fail(token.offset, fmt::format("reserved identifier: {}", token.text));
    }
    advance();
    if (token_.is("(")) {
        const std::uint32_t open = token_.offset;
        advance();
        std::vector<Expr*> given;
        Expr* made = arguments(given, ")") ? call(nullptr, token.text, open, given) : nullptr;
        if (made != nullptr && made->kind == ExprKind::kCall) {
            made->rooted = rooted;
        }
        return made;
    }
    Expr* made = ast_.make(ExprKind::kIdent, token.offset);
    made->name = token.text;
    made->rooted = rooted;
    return made;
}

bool Parser::arguments(std::vector<Expr*>& out, std::string_view close) {
    while (!token_.is(close)) {
        Expr* made = expression();
        if (made == nullptr) {
            return false;
        }
        out.push_back(made);
        if (token_.is(close)) {
            break;
        }
        if (!expect(",")) {
            return false;
        }
        if (token_.is(close)) {
            unexpected();  // calls, unlike lists and maps, end without a comma
            return false;
        }
    }
    advance();
    return true;
}

bool Parser::list_elements(std::vector<Expr*>& out, std::vector<std::uint8_t>& optionals) {
    while (!token_.is("]")) {
        const bool optional = token_.is("?");
        if (optional) {
            if (!options_.optional_syntax) {
                fail(token_.offset, "unsupported syntax '?'");
                return false;
            }
            advance();
        }
        out.push_back(expression());
        optionals.push_back(optional ? 1 : 0);
        if (out.back() == nullptr || (!token_.is("]") && !expect(","))) {
            return false;
        }
    }
    advance();
    return true;
}

Expr* Parser::list() {
    Expr* made = ast_.make(ExprKind::kList, token_.offset);
    advance();
    std::vector<Expr*> elements;
    std::vector<std::uint8_t> optionals;
    if (!list_elements(elements, optionals)) {
        return nullptr;
    }
    made->arguments = keep(elements);
    made->optionals = ast_.keep(std::span<const std::uint8_t>(optionals));
    return finish(made);
}

Expr* Parser::map() {
    Expr* made = ast_.make(ExprKind::kMap, token_.offset);
    advance();
    std::vector<Expr*> pairs;
    std::vector<std::uint8_t> optionals;
    while (!token_.is("}")) {
        const bool optional = token_.is("?");
        if (optional) {
            if (!options_.optional_syntax) {
                return fail(token_.offset, "unsupported syntax '?'");
            }
            advance();
        }
        Expr* key = expression();
        Expr* value = key != nullptr && expect(":") ? expression() : nullptr;
        if (value == nullptr || (!token_.is("}") && !expect(","))) {
            return nullptr;
        }
        pairs.insert(pairs.end(), {key, value});
        optionals.push_back(optional ? 1 : 0);
    }
    advance();
    made->arguments = keep(pairs);
    made->optionals = ast_.keep(std::span<const std::uint8_t>(optionals));
    return finish(made);
}

Expr* Parser::message(Expr* named) {
    Expr* made = ast_.make(ExprKind::kMessage, token_.offset);
    advance();
    std::vector<Expr*> values;
    std::vector<std::string_view> fields;
    while (!token_.is("}")) {
        if (token_.kind != TokenKind::kIdentifier && token_.kind != TokenKind::kQuotedIdentifier) {
            return unexpected();
        }
        fields.push_back(token_.text);
        advance();
        values.push_back(expect(":") ? expression() : nullptr);
        if (values.back() == nullptr || (!token_.is("}") && !expect(","))) {
            return nullptr;
        }
    }
    advance();
    made->target = named;
    made->fields = ast_.keep(std::span<const std::string_view>(fields));
    made->arguments = keep(values);
    return finish(made);
}

}  // namespace cel
