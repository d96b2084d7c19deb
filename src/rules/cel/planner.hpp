// SPDX-License-Identifier: 0BSD
// Planner: from a tree, checked or not, to the plan of its evaluation.
#pragma once

#include <expected>
#include <memory>
#include <string_view>
#include <vector>

#include "rules/cel/ast.hpp"
#include "rules/cel/plan.hpp"
#include "rules/cel/source.hpp"

namespace cel {

class Planner {
public:
    Planner(Ast& ast, Program::Plan& plan) : ast_(ast), plan_(plan), scope_(*plan.scope) {}
    std::expected<void, Problem> whole();

private:
    Node* visit(Expr& expr);
    Node* make(Op op);
    Node* constant(const Value& value);
    Node* ident(Expr& expr);
    Node* select(Expr& expr);
    Node* qualified(Expr& expr);
    Node* index(Expr& expr);
    Node* children(Expr& expr, Op op);
    Node* message(Expr& expr);
    Node* list_or_map(Expr& expr);
    Node* fold(Expr& expr);
    Node* bind(Expr& expr);
    Node* block(Expr& expr);
    // planner_call.cpp
    Node* call(Expr& expr);
    Node* operation(Expr& expr);
    void find_function(Expr& expr, std::span<const Overload>& overloads);
    void add_candidates(Node& node, const Expr& expr, std::span<const Overload> overloads,
                        std::size_t arguments);
    void judge_function(const Node& node, const Expr& expr);
    void compile_pattern(const Node& node, const Expr& expr);
    // A node whose operands are constants becomes one; `node` itself where that is not known before.
    Node* folded(Node* node);
    Node* converted(Node* node, const Expr& expr);
    Value constant_value(const Node& node) const;
    void fail(const Expr& expr, std::string what);

    struct Local {
        std::string_view name;
        std::uint32_t slot;
        const Node* lazy;  // what the name is bound to, or nullptr: a variable of a comprehension
    };
    const Local* local(std::string_view name) const;
    std::uint32_t new_slot() { return plan_.slots++; }

    Ast& ast_;
    Program::Plan& plan_;
    const Scope& scope_;
    std::vector<Local> locals_;
    std::vector<Local> block_;
    bool failed_ = false;
    Problem problem_;
};

}  // namespace cel
