// SPDX-License-Identifier: 0BSD
// 'text %d'.format([1]): a constant format against the types of what it shows.
#include <algorithm>

#include "rules/cel/checker.hpp"
#include "rules/cel/string_format.hpp"

namespace cel {
namespace {

bool can_be_shown(const Type& type) {
    return type.kind() != TypeKind::kOptional && type.kind() != TypeKind::kOpaque;
}

}  // namespace

// The type of an argument; where a list or a map literal holds what no clause shows, the type of that.
Type Checker::shown_type(const Expr& expr) const {
    const auto found = shown_types_.find(&expr);
    Type type = found == shown_types_.end() ? Type::dyn() : unifier_.substitute(found->second, true);
    if (expr.kind != ExprKind::kList && expr.kind != ExprKind::kMap) {
        return type;
    }
    for (const Expr* part : expr.arguments) {
        if (Type inner = shown_type(*part); !can_be_shown(inner)) {
            return inner;
        }
    }
    return type;
}

void Checker::judge_format(const Expr& call) {
    const Expr& target = *call.target;
    const Expr& shown = *call.arguments[0];
    if (target.kind != ExprKind::kConstant || shown.kind != ExprKind::kList) {
        return;
    }
    std::vector<Type> types;
    types.reserve(shown.arguments.size());
    for (const Expr* argument : shown.arguments) {
        types.push_back(shown_type(*argument));
    }
    // Kubernetes' version of the library, the one that judges.
    if (auto wrong =
            check_format(ast_.constants[target.number].as_string(), types, FormatDialect::kEnglish)) {
        fail(shown.offset, *std::move(wrong));
    }
}

void Checker::judge_formats() {
    for (const Expr* call : formats_) {
        if (!failed_) {
            judge_format(*call);
        }
    }
}

}  // namespace cel
