// SPDX-License-Identifier: 0BSD
// Names, selections, logic and literals.
#include "rules/cel/checker.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace cel {
namespace {

Type boolean() { return Type::simple(TypeKind::kBool); }

}  // namespace

std::expected<Type, Problem> check(const Scope& scope, Ast& ast, bool lenient) {
    return Checker(scope, ast, lenient).whole();
}

std::expected<Type, Problem> Checker::whole() {
    const Type type = visit(*ast_.root);
    judge_literals();
    judge_formats();
    if (failed_) {
        return std::unexpected(std::move(problem_));
    }
    return unifier_.substitute(type, true);
}

Type Checker::fail(std::uint32_t offset, std::string what) {
    if (!lenient_ && !failed_) {
        failed_ = true;
        problem_ = {base::ErrorCode::kInvalid, offset, std::move(what)};
    }
    return Type::dyn();
}

Type Checker::visit(Expr& expr) {
    if (failed_) {
        return Type::dyn();
    }
    Type type = deduce(expr);
    constexpr std::size_t kWeightMax = 1000;  // of a type: people write a dozen names
    if (type.weight() > kWeightMax || !unifier_.within_bounds()) {
        type = fail(expr.offset, "the types of the expression are too complex");
        problem_.code = base::ErrorCode::kLimitExceeded;
    }
    if (format_depth_ > 0 && scope_.settings().judged_literals) {
        shown_types_.insert_or_assign(&expr, type);
    }
    return type;
}

Type Checker::deduce(Expr& expr) {
    switch (expr.kind) {
        case ExprKind::kConstant: return ast_.constants[expr.number].type();
        case ExprKind::kIdent: return ident(expr);
        case ExprKind::kSelect: return select(expr);
        case ExprKind::kIndex: return index(expr);
        case ExprKind::kCall: return call(expr);
        case ExprKind::kAnd:
        case ExprKind::kOr: return logic(expr);
        case ExprKind::kTernary: return ternary(expr);
        case ExprKind::kList: return list(expr);
        case ExprKind::kMap: return map(expr);
        case ExprKind::kMessage: return message(expr);
        case ExprKind::kFold: return fold(expr);
        case ExprKind::kBind: return bind(expr);
        case ExprKind::kBlock: return block(expr);
        case ExprKind::kBlockIndex:
            return expr.number < block_types_.size()
                       ? block_types_[expr.number]
                       : fail(expr.offset, "cel.index names no earlier expression");
    }
    return Type::dyn();
}

const Checker::Local* Checker::local(std::string_view name) const {
    for (auto at = locals_.rbegin(); at != locals_.rend(); ++at) {
        if (at->name == name) {
            return &*at;
        }
    }
    return nullptr;
}

bool Checker::global(Expr& expr, std::string_view name, bool rooted, Type& type) {
    const auto found = [&](std::string_view candidate) {
        const FunctionSet::Constant* constant = nullptr;
        if (const Type* variable = scope_.variable(candidate)) {
            type = *variable;
        } else if ((constant = scope_.functions().constant(candidate)) != nullptr) {
            type = constant->type;
        } else {
            return false;
        }
        if (!lenient_) {
            expr.constant = constant != nullptr ? &constant->value : nullptr;
            expr.kind = ExprKind::kIdent;
            expr.name = candidate == expr.name ? expr.name : ast_.keep(candidate);
            expr.resolved = true;
        }
        return true;
    };
    if (!scope_.has_container() || rooted) {
        return found(name);
    }
    return std::ranges::any_of(scope_.candidates(name, rooted), found);
}

Type Checker::ident(Expr& expr) {
    if (!expr.rooted) {
        if (const Local* found = local(expr.name)) {
            return found->type;
        }
    }
    Type type = Type::dyn();
    if (!global(expr, expr.name, expr.rooted, type)) {
        return fail(expr.offset, fmt::format("undeclared reference to '{}' (in container '{}')", expr.name,
                                             scope_.settings().container));
    }
    return type;
}

Type Checker::select(Expr& expr) {
    if (const Expr* head = path_head(expr);
        head != nullptr && (scope_.has_container() || scope_.qualifies(head->name))) {
        Path path;
        Type type = Type::dyn();
        read_path(expr, path);
        if ((path.rooted || local(path.head) == nullptr) && global(expr, path.name, path.rooted, type)) {
            return type;
        }
    }
    const Type target = known(visit(*expr.target));
    const Type field = failed_ ? Type::dyn() : field_of(expr, target);
    return expr.test ? boolean() : field;
}

Type Checker::field_of(const Expr& expr, const Type& target) {
    const bool held = target.kind() == TypeKind::kOptional;
    const Type& within = held ? target.parameters()[0] : target;
    Type field = Type::dyn();
    const TypeKind kind = within.kind();
    if (kind == TypeKind::kMap) {
        field = within.parameters()[1];
    } else if (kind == TypeKind::kParameter) {
        unifier_.assignable(Type::dyn(), within);
    } else if (kind != TypeKind::kDyn) {
        return fail(expr.offset, fmt::format("type '{}' does not support field selection", shown(within)));
    }
    return held || expr.optional ? Type::optional(field) : field;
}

// A list or a map, or an optional one, tells by itself what it holds; of other targets the overloads decide.
Type Checker::index(Expr& expr) {
    const Type target = known(visit(*expr.target));
    const Type key = visit(*expr.arguments[0]);
    const bool held = target.kind() == TypeKind::kOptional;
    const Type within = held ? known(target.parameters()[0]) : target;
    const TypeKind kind = within.kind();
    if (failed_ || (kind != TypeKind::kList && kind != TypeKind::kMap)) {
        return index_of_other(expr, target, key);
    }
    const bool list = kind == TypeKind::kList;
    if (!unifier_.assignable(key, list ? Type::simple(TypeKind::kInt) : within.parameters()[0])) {
        return no_overload(expr, expr.optional ? "_[?_]" : "_[_]", {target, key});
    }
    const Type found = within.parameters()[list ? 0 : 1];
    return held || expr.optional ? Type::optional(found) : found;
}

Type Checker::logic(Expr& expr) {
    std::vector<Type> types;
    bool fits = true;
    for (Expr* argument : expr.arguments) {
        types.push_back(visit(*argument));
        fits = fits && unifier_.assignable(types.back(), boolean());
    }
    if (!fits && !failed_) {
        no_overload(expr, expr.kind == ExprKind::kAnd ? "_&&_" : "_||_", types);
    }
    return boolean();
}

Type Checker::ternary(Expr& expr) {
    const std::vector<Type> types = {visit(*expr.arguments[0]), visit(*expr.arguments[1]),
                                     visit(*expr.arguments[2])};
    const Type result = unifier_.fresh();
    if (!failed_ && !(unifier_.assignable(types[0], boolean()) && unifier_.assignable(types[1], result) &&
                      unifier_.assignable(types[2], result))) {
        return no_overload(expr, "_?_:_", types);
    }
    return known(result);
}

Type Checker::message(Expr& expr) {
    const WellKnown* found = scope_.message(*expr.target);
    if (found == nullptr) {
        Path path;
        read_path(*expr.target, path);
        return fail(expr.target->offset, fmt::format("undeclared reference to '{}' (in container '{}')",
                                                     path.name, scope_.settings().container));
    }
    for (std::size_t at = 0; at < expr.arguments.size(); ++at) {
        const Expr& argument = *expr.arguments[at];
        const std::size_t field = found->field(expr.fields[at]);
        if (field == found->fields.size()) {
            return fail(argument.offset, fmt::format("undefined field '{}'", expr.fields[at]));
        }
        const Type expected = well_known_type(found->fields[field].kind);
        const Type given = visit(*expr.arguments[at]);
        if (!failed_ && !unifier_.assignable(given, expected)) {
            return fail(argument.offset,
                        fmt::format("expected type of field '{}' is '{}' but provided type is '{}'",
                                    expr.fields[at], expected.text(), shown(given)));
        }
    }
    return well_known_type(found->kind);
}

Type Checker::join(const Type* before, const Type& next) {
    if (before == nullptr) {
        return next;
    }
    return unifier_.assignable(*before, next) ? Unifier::most_general(*before, next) : Type::dyn();
}

void Checker::expect_same(std::vector<Type> types, std::span<Expr* const> exprs) {
    if (scope_.settings().homogeneous_literals && format_depth_ == 0 && !lenient_) {
        alike_.push_back({std::move(types), {exprs.begin(), exprs.end()}});
    }
}

void Checker::judge_literals() {
    for (const Alike& literal : alike_) {
        for (std::size_t at = 1; at < literal.types.size() && !failed_; ++at) {
            const Type first = unifier_.substitute(literal.types[0], true);
            const Type other = unifier_.substitute(literal.types[at], true);
            if (!(first == other)) {
                fail(literal.exprs[at]->offset,
                     fmt::format("expected type '{}' but found '{}'", first.text(), other.text()));
            }
        }
    }
}

// What an optional element holds.
Type Checker::held_type(const Expr& expr, Type type) {
    if (type.kind() == TypeKind::kDyn || failed_) {
        return type;
    }
    if (type.kind() != TypeKind::kOptional) {
        return fail(expr.offset, fmt::format("expected type '{}' but found '{}'", Type::optional(type).text(),
                                             shown(type)));
    }
    return type.parameters()[0];
}

Type Checker::list(Expr& expr) {
    std::vector<Type> types;
    std::optional<Type> element;
    for (std::size_t at = 0; at < expr.arguments.size(); ++at) {
        Type type = known(visit(*expr.arguments[at]));
        types.push_back(expr.optionals[at] != 0 ? held_type(*expr.arguments[at], type) : type);
        element = join(element ? &*element : nullptr, types.back());
    }
    expect_same(std::move(types), expr.arguments);
    return Type::list(element ? *element : unifier_.fresh());
}

Type Checker::map(Expr& expr) {
    std::vector<Type> types[2];
    std::vector<Expr*> exprs[2];
    std::optional<Type> joined[2];
    for (std::size_t at = 0; at < expr.arguments.size(); ++at) {
        const std::size_t side = at % 2;
        Type type = known(visit(*expr.arguments[at]));
        type = side == 1 && expr.optionals[at / 2] != 0 ? held_type(*expr.arguments[at], type) : type;
        types[side].push_back(type);
        exprs[side].push_back(expr.arguments[at]);
        joined[side] = join(joined[side] ? &*joined[side] : nullptr, type);
    }
    expect_same(std::move(types[0]), exprs[0]);
    expect_same(std::move(types[1]), exprs[1]);
    return Type::map(joined[0] ? *joined[0] : unifier_.fresh(), joined[1] ? *joined[1] : unifier_.fresh());
}

}  // namespace cel
