// SPDX-License-Identifier: 0BSD
// Operators by precedence, and what the other readers share.
#include "rules/cel/parser.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rules/cel/literal.hpp"
#include "rules/cel/parser_state.hpp"

namespace cel {
namespace {

struct Operator {
    std::string_view symbol;
    int precedence;
    std::string_view function;
};

constexpr int kRelation = 1;
constexpr Operator kOperators[] = {
    {"==", kRelation, "_==_"}, {"!=", kRelation, "_!=_"}, {"<", kRelation, "_<_"}, {"<=", kRelation, "_<=_"},
    {">", kRelation, "_>_"},   {">=", kRelation, "_>=_"}, {"+", 2, "_+_"},         {"-", 2, "_-_"},
    {"*", 3, "_*_"},           {"/", 3, "_/_"},           {"%", 3, "_%_"},
};

const Operator* operator_of(const Token& token) {
    static constexpr Operator kIn{"in", kRelation, "@in"};
    if (token.kind == TokenKind::kIn) {
        return &kIn;
    }
    if (token.kind != TokenKind::kSymbol) {
        return nullptr;
    }
    const auto* found = std::ranges::find(kOperators, token.text, &Operator::symbol);
    return found == std::end(kOperators) ? nullptr : found;
}

std::string described(const Token& token) {
    constexpr std::size_t kShown = 40;
    return token.kind == TokenKind::kEnd ? "the end of the expression"
                                         : fmt::format("'{}'", token.text.substr(0, kShown));
}

}  // namespace

void Parser::advance() {
    token_ = lexer_.next();
    if (token_.kind == TokenKind::kWrong && !failed_) {
        failed_ = true;
        problem_ = lexer_.problem();
    }
}

bool Parser::take(std::string_view symbol) {
    if (!token_.is(symbol)) {
        return false;
    }
    advance();
    return true;
}

bool Parser::expect(std::string_view symbol) {
    if (take(symbol)) {
        return true;
    }
    fail(token_.offset, fmt::format("Syntax error: expected '{}' but found {}", symbol, described(token_)));
    return false;
}

std::nullptr_t Parser::fail(std::uint32_t offset, std::string what, base::ErrorCode code) {
    if (!failed_) {
        failed_ = true;
        problem_ = {code, offset, std::move(what)};
    }
    return nullptr;
}

std::nullptr_t Parser::unexpected() {
    return fail(token_.offset, fmt::format("Syntax error: unexpected {}", described(token_)));
}

std::nullptr_t Parser::too_deep(std::uint32_t offset) {
    return fail(offset, fmt::format("expression recursion limit exceeded: {}", options_.depth_max),
                base::ErrorCode::kLimitExceeded);
}

Expr* Parser::finish(Expr* made) {
    int height = made->target != nullptr ? made->target->height : 0;
    for (const Expr* argument : made->arguments) {
        height = std::max<int>(height, argument->height);
    }
    if (height >= options_.depth_max) {
        return too_deep(made->offset);
    }
    made->height = static_cast<std::uint16_t>(height + 1);
    return made;
}

Expr* Parser::constant(Value value, std::uint32_t offset) {
    Expr* made = ast_.make(ExprKind::kConstant, offset);
    made->number = static_cast<std::uint32_t>(ast_.constants.size());
    ast_.constants.push_back(std::move(value));
    return made;
}

Expr* Parser::operation(std::string_view function, std::uint32_t offset,
                        std::initializer_list<Expr*> operands) {
    Expr* made = ast_.make(ExprKind::kCall, offset);
    made->name = function;
    made->arguments = ast_.keep(std::span<Expr* const>(operands.begin(), operands.size()));
    return finish(made);
}

Expr* Parser::whole() {
    Expr* made = expression();
    if (made != nullptr && token_.kind != TokenKind::kEnd) {
        return unexpected();
    }
    return failed_ ? nullptr : made;
}

Expr* Parser::expression() {
    if (depth_ >= options_.depth_max) {
        return too_deep(token_.offset);
    }
    ++depth_;
    Expr* made = terms(ExprKind::kOr);
    if (made != nullptr && token_.is("?")) {
        Expr* ternary = ast_.make(ExprKind::kTernary, token_.offset);
        advance();
        Expr* truthy = terms(ExprKind::kOr);
        Expr* falsy = truthy != nullptr && expect(":") ? expression() : nullptr;
        if (falsy == nullptr) {
            return nullptr;
        }
        ternary->arguments = keep({made, truthy, falsy});
        made = finish(ternary);
    }
    --depth_;
    return made;
}

Expr* Parser::terms(ExprKind kind) {
    const auto term = [&] { return kind == ExprKind::kOr ? terms(ExprKind::kAnd) : binary(kRelation); };
    const std::string_view symbol = kind == ExprKind::kOr ? "||" : "&&";
    Expr* first = term();
    if (first == nullptr || !token_.is(symbol)) {
        return first;
    }
    Expr* made = ast_.make(kind, token_.offset);
    std::vector<Expr*> all{first};
    while (take(symbol)) {
        all.push_back(term());
        if (all.back() == nullptr) {
            return nullptr;
        }
    }
    made->arguments = keep(all);
    return finish(made);
}

Expr* Parser::binary(int precedence) {
    Expr* left = unary();
    while (left != nullptr) {
        const Operator* found = operator_of(token_);
        if (found == nullptr || found->precedence < precedence) {
            return left;
        }
        const std::uint32_t offset = token_.offset;
        advance();
        Expr* right = binary(found->precedence + 1);
        left = right == nullptr ? nullptr : operation(found->function, offset, {left, right});
    }
    return nullptr;
}

Expr* Parser::number(bool negative) {
    const Token token = token_;
    auto value = literal(token, negative);
    if (!value) {
        return fail(token.offset, value.error().message);
    }
    advance();
    return constant(std::move(*value), token.offset);
}

Expr* Parser::repeated_unary(std::string_view symbol, std::string_view function) {
    const std::uint32_t offset = token_.offset;
    bool odd = true;
    advance();
    // One sign belongs to the number behind it, so that the least int can be written.
    if (symbol == "-" && (token_.kind == TokenKind::kInt || token_.kind == TokenKind::kDouble)) {
        return member(number(true));
    }
    while (take(symbol)) {
        odd = !odd;
    }
    Expr* operand = member(primary());
    return operand == nullptr || !odd ? operand : operation(function, offset, {operand});
}

Expr* Parser::unary() {
    if (token_.is("!")) {
        return repeated_unary("!", "!_");
    }
    return token_.is("-") ? repeated_unary("-", "-_") : member(primary());
}

std::expected<void, Problem> parse(std::string_view source, const ParseOptions& options, Ast& ast) {
    Parser parser(source, options, ast);
    ast.root = parser.whole();
    if (ast.root == nullptr) {
        return std::unexpected(std::move(parser.problem()));
    }
    return {};
}

}  // namespace cel
