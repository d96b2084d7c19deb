// SPDX-License-Identifier: 0BSD
// Comprehensions and bound names.
#include <fmt/format.h>

#include "rules/cel/checker.hpp"

namespace cel {
namespace {

Type boolean() { return Type::simple(TypeKind::kBool); }

}  // namespace

void Checker::expect_bool(const Expr& expr, const Type& found) {
    if (!failed_ && !unifier_.assignable(found, boolean())) {
        fail(expr.offset, fmt::format("expected type 'bool' but found '{}'", shown(found)));
    }
}

void Checker::range_types(const Expr& expr, const Type& range, Type& first, Type& second) {
    const bool pairs = !expr.variable2.empty();
    const TypeKind kind = range.kind();
    if (kind == TypeKind::kList) {
        first = pairs ? Type::simple(TypeKind::kInt) : range.parameters()[0];
        second = range.parameters()[0];
    } else if (kind == TypeKind::kMap) {
        first = range.parameters()[0];
        second = range.parameters()[1];
    } else if (kind == TypeKind::kParameter) {
        unifier_.assignable(Type::dyn(), range);
    } else if (kind != TypeKind::kDyn) {
        fail(expr.target->offset,
             fmt::format(
                 "expression of type '{}' cannot be range of a comprehension (must be list, map, or dynamic)",
                 shown(range)));
    }
}

Type Checker::fold(Expr& expr) {
    const Type range = known(visit(*expr.target));
    Type first = Type::dyn();
    Type second = Type::dyn();
    range_types(expr, range, first, second);
    locals_.push_back({expr.variable, first});
    if (!expr.variable2.empty()) {
        locals_.push_back({expr.variable2, second});
    }
    if (expr.filtered) {
        expect_bool(*expr.arguments[0], visit(*expr.arguments[0]));
    }
    const Type body = visit(*expr.arguments.back());
    locals_.resize(locals_.size() - (expr.variable2.empty() ? 1 : 2), {{}, Type::dyn()});
    return failed_ ? Type::dyn() : fold_result(expr, first, body);
}

Type Checker::fold_result(Expr& expr, const Type& first, const Type& body) {
    switch (expr.macro) {
        case Macro::kAll:
        case Macro::kExists:
        case Macro::kExistsOne: expect_bool(*expr.arguments.back(), body); return boolean();
        case Macro::kFilter: expect_bool(*expr.arguments.back(), body); return Type::list(first);
        case Macro::kMap: return Type::list(body);
        case Macro::kTransformMap: return Type::map(first, body);
        case Macro::kTransformMapEntry: {
            const Type entry = known(body);
            if (entry.kind() == TypeKind::kMap) {
                return entry;
            }
            if (entry.kind() != TypeKind::kDyn && entry.kind() != TypeKind::kParameter) {
                fail(expr.arguments.back()->offset,
                     fmt::format("expected type 'map' but found '{}'", shown(entry)));
            }
            return Type::map(Type::dyn(), Type::dyn());
        }
        case Macro::kNone:
        case Macro::kOptMap:
        case Macro::kOptFlatMap: break;
    }
    return Type::dyn();
}

Type Checker::bind(Expr& expr) {
    const bool optional = expr.target != nullptr;
    Type bound = known(visit(optional ? *expr.target : *expr.arguments[0]));
    if (optional && !failed_) {
        if (bound.kind() == TypeKind::kOptional) {
            bound = bound.parameters()[0];
        } else if (bound.kind() != TypeKind::kDyn && bound.kind() != TypeKind::kParameter) {
            return no_overload(expr, "hasValue", {bound});
        } else {
            bound = Type::dyn();
        }
    }
    locals_.push_back({expr.variable, bound});
    const Type body = visit(*expr.arguments.back());
    locals_.pop_back();
    if (expr.macro == Macro::kOptMap) {
        return Type::optional(body);
    }
    if (expr.macro != Macro::kOptFlatMap || failed_) {
        return body;
    }
    // The macro stands for `target.hasValue() ? body : optional.none()`.
    const Type nothing = Type::optional(unifier_.fresh());
    const Type result = unifier_.fresh();
    if (!unifier_.assignable(body, result) || !unifier_.assignable(nothing, result)) {
        return no_overload(expr, "_?_:_", {boolean(), body, nothing});
    }
    return known(result);
}

Type Checker::block(Expr& expr) {
    if (!block_types_.empty()) {
        return fail(expr.offset, "cel.block does not nest");
    }
    for (std::size_t at = 0; at + 1 < expr.arguments.size(); ++at) {
        block_types_.push_back(visit(*expr.arguments[at]));
    }
    const Type type = visit(*expr.arguments.back());
    block_types_.clear();
    return type;
}

}  // namespace cel
