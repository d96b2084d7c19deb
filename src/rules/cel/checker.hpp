// SPDX-License-Identifier: 0BSD
// Checker: deduces types, refuses what cannot be evaluated, and resolves names and overloads.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/cel/ast.hpp"
#include "rules/cel/scope.hpp"
#include "rules/cel/source.hpp"
#include "rules/cel/unify.hpp"

namespace cel {

// The type of the whole. `lenient`: what is wrong or unknown is dyn, nothing is refused and the tree stays as it was: for
// environments that look names up when a program runs.
std::expected<Type, Problem> check(const Scope& scope, Ast& ast, bool lenient);

class Checker {
public:
    Checker(const Scope& scope, Ast& ast, bool lenient) : scope_(scope), ast_(ast), lenient_(lenient) {}
    std::expected<Type, Problem> whole();

private:
    Type visit(Expr& expr);
    Type deduce(Expr& expr);
    Type ident(Expr& expr);
    Type select(Expr& expr);
    Type field_of(const Expr& expr, const Type& target);
    Type index(Expr& expr);
    Type index_of_other(Expr& expr, const Type& target, const Type& key);
    Type logic(Expr& expr);
    Type ternary(Expr& expr);
    Type message(Expr& expr);
    Type list(Expr& expr);
    Type held_type(const Expr& expr, Type type);
    Type map(Expr& expr);
    // checker_fold.cpp
    Type fold(Expr& expr);
    void range_types(const Expr& expr, const Type& range, Type& first, Type& second);
    Type fold_result(Expr& expr, const Type& first, const Type& body);
    Type bind(Expr& expr);
    Type block(Expr& expr);
    void expect_bool(const Expr& expr, const Type& found);
    // checker_call.cpp
    Type call(Expr& expr);
    bool qualified_call(Expr& expr);
    Type resolve(Expr& expr, std::span<const Overload> overloads, const std::vector<Type>& arguments);
    bool fits(const Overload& overload, const std::vector<Type>& arguments, Type& result);
    // The result of the overloads that fit, dyn where they differ; nothing where none does.
    std::optional<Type> result_of(std::span<const Overload> overloads, const std::vector<Type>& arguments,
                                  std::vector<const Overload*>& fitting);
    Type no_overload(const Expr& expr, std::string_view function, const std::vector<Type>& arguments);

    // checker_format.cpp: constant formats and the literal lists of what they show, once all types are known
    void judge_formats();
    void judge_format(const Expr& call);
    Type shown_type(const Expr& expr) const;

    struct Local {
        std::string_view name;
        Type type;
    };
    const Local* local(std::string_view name) const;
    // A global name: its type; null when nothing is called so. Writes what it found into `expr`.
    bool global(Expr& expr, std::string_view name, bool rooted, Type& type);
    // Joins the type of one more element to that of those before.
    Type join(const Type* before, const Type& next);
    // Refuses, once all types are known, literals whose elements differ in type, where the environment does; formats take a mixed
    // list.
    void expect_same(std::vector<Type> types, std::span<Expr* const> exprs);
    void judge_literals();
    Type fail(std::uint32_t offset, std::string what);
    // As messages show it.
    std::string shown(const Type& type) const { return unifier_.substitute(type, true).text(); }
    Type known(const Type& type) const { return unifier_.substitute(type, false); }

    const Scope& scope_;
    Ast& ast_;
    bool lenient_;
    Unifier unifier_;
    std::vector<Local> locals_;
    std::vector<Type> block_types_;
    struct Alike {
        std::vector<Type> types;
        std::vector<Expr*> exprs;
    };
    std::vector<Alike> alike_;
    int format_depth_ = 0;
    std::vector<const Expr*> formats_;
    std::unordered_map<const Expr*, Type> shown_types_;  // of what stands within a call of format
    bool failed_ = false;
    Problem problem_;
};

}  // namespace cel
