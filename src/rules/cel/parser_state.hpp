// SPDX-License-Identifier: 0BSD
// The parser's state, shared by the files that read operators, operands and macros.
#pragma once

#include <string>
#include <vector>

#include "rules/cel/lexer.hpp"
#include "rules/cel/parser.hpp"

namespace cel {

// Each function that reads answers nullptr after a problem.
class Parser {
public:
    Parser(std::string_view source, const ParseOptions& options, Ast& ast)
        : lexer_(source), options_(options), ast_(ast) {
        advance();
    }
    Expr* whole();
    Problem& problem() { return problem_; }

private:
    // operators: parser.cpp
    Expr* expression();
    Expr* terms(ExprKind kind);  // of || and &&
    Expr* binary(int precedence);
    Expr* unary();
    Expr* repeated_unary(std::string_view symbol, std::string_view function);
    Expr* number(bool negative);

    // operands: parser_operand.cpp
    Expr* member(Expr* made);  // what follows an operand: selections, indexes, calls
    Expr* select(Expr* target);
    Expr* index(Expr* target);
    Expr* primary();
    Expr* name(bool rooted);
    Expr* list();
    Expr* map();
    Expr* message(Expr* named);
    bool arguments(std::vector<Expr*>& out, std::string_view close);
    bool list_elements(std::vector<Expr*>& out, std::vector<std::uint8_t>& optionals);

    // macros: parser_macro.cpp; the call itself where it is no macro
    Expr* call(Expr* target, std::string_view name, std::uint32_t offset, std::vector<Expr*>& arguments);
    Expr* global_macro(std::string_view name, std::uint32_t offset, std::vector<Expr*>& arguments,
                       bool& is_macro);
    Expr* cel_macro(std::string_view name, std::uint32_t offset, std::vector<Expr*>& arguments,
                    bool& is_macro);
    Expr* member_macro(Expr* target, std::string_view name, std::uint32_t offset,
                       std::vector<Expr*>& arguments, bool& is_macro);
    Expr* fold(Macro macro, Expr* target, std::size_t variables, std::uint32_t offset,
               std::vector<Expr*>& arguments);
    Expr* farthest(Expr* target, std::string_view name, std::uint32_t offset, std::vector<Expr*>& arguments);
    Expr* sort_by(Expr* target, std::uint32_t offset, std::vector<Expr*>& arguments);
    Expr* block_name(std::string_view prefix, std::uint32_t offset, const std::vector<Expr*>& arguments);
    std::string_view variable_of(const Expr& argument);

    void advance();
    bool take(std::string_view symbol);
    bool expect(std::string_view symbol);
    // Computes the height; nullptr when the tree becomes too deep.
    Expr* finish(Expr* made);
    Expr* operation(std::string_view function, std::uint32_t offset, std::initializer_list<Expr*> operands);
    std::span<Expr*> keep(const std::vector<Expr*>& items) {
        return ast_.keep(std::span<Expr* const>(items));
    }
    Expr* constant(Value value, std::uint32_t offset);
    std::nullptr_t fail(std::uint32_t offset, std::string what,
                        base::ErrorCode code = base::ErrorCode::kInvalid);
    std::nullptr_t unexpected();
    std::nullptr_t too_deep(std::uint32_t offset);

    Lexer lexer_;
    const ParseOptions& options_;
    Ast& ast_;
    Token token_;
    int depth_ = 0;
    bool failed_ = false;
    Problem problem_;
};

}  // namespace cel
