// SPDX-License-Identifier: 0BSD
// Names, selections, literals and bound variables.
#include "rules/cel/planner.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace cel {

std::expected<void, Problem> Planner::whole() {
    plan_.root = visit(*ast_.root);
    if (failed_) {
        return std::unexpected(std::move(problem_));
    }
    return {};
}

Node* Planner::make(Op op) {
    Node& made = plan_.nodes.emplace_back();
    made.op = op;
    return &made;
}

Node* Planner::constant(const Value& value) {
    Node* made = make(Op::kConstant);
    made->constant = value;
    return made;
}

Node* Planner::visit(Expr& expr) {
    switch (expr.kind) {
        case ExprKind::kConstant: return constant(ast_.constants[expr.number]);
        case ExprKind::kIdent: return ident(expr);
        case ExprKind::kSelect: return select(expr);
        case ExprKind::kIndex: return index(expr);
        case ExprKind::kCall: return call(expr);
        case ExprKind::kAnd: return children(expr, Op::kAnd);
        case ExprKind::kOr: return children(expr, Op::kOr);
        case ExprKind::kTernary: {
            Node* made = make(Op::kTernary);
            made->attribute = true;
            made->first = visit(*expr.arguments[0]);
            made->second = visit(*expr.arguments[1]);
            made->third = visit(*expr.arguments[2]);
            return made;
        }
        case ExprKind::kList:
        case ExprKind::kMap: return list_or_map(expr);
        case ExprKind::kMessage: return message(expr);
        case ExprKind::kFold: return fold(expr);
        case ExprKind::kBind: return bind(expr);
        case ExprKind::kBlock: return block(expr);
        case ExprKind::kBlockIndex:
            if (expr.number < block_.size()) {
                Node* made = make(Op::kLazySlot);
                made->slot = block_[expr.number].slot;
                made->first = block_[expr.number].lazy;
                made->attribute = true;
                return made;
            }
            fail(expr, "cel.index names no earlier expression");
            return make(Op::kConstant);
    }
    return make(Op::kConstant);
}

const Planner::Local* Planner::local(std::string_view name) const {
    const auto found = std::find_if(locals_.rbegin(), locals_.rend(),
                                    [&](const Local& known) { return known.name == name; });
    return found == locals_.rend() ? nullptr : &*found;
}

Node* Planner::ident(Expr& expr) {
    if (expr.resolved) {
        if (expr.constant != nullptr) {
            return constant(expr.constant->borrowed());
        }
        Node* made = make(Op::kVariable);
        made->attribute = true;
        made->name = expr.name;
        if (const Value* standard = scope_.default_of(expr.name)) {
            made->constant = standard->borrowed();
            made->optional = true;  // there is a default
        }
        return made;
    }
    if (!expr.rooted) {
        if (const Local* found = local(expr.name)) {
            Node* made = make(found->lazy != nullptr ? Op::kLazySlot : Op::kSlot);
            made->attribute = true;
            made->slot = found->slot;
            made->first = found->lazy;
            return made;
        }
    }
    return qualified(expr);
}

Node* Planner::qualified(Expr& expr) {
    std::vector<std::string_view> fields;
    const Expr* head = &expr;
    for (; head->kind == ExprKind::kSelect; head = head->target) {
        fields.insert(fields.begin(), head->name);
    }
    Node* made = make(Op::kQualified);
    made->attribute = true;
    for (std::size_t taken = fields.size() + 1; taken-- > 0;) {
        std::string name(head->name);
        for (std::size_t at = 0; at < taken; ++at) {
            name.append(".").append(fields[at]);
        }
        for (std::string& candidate : scope_.candidates(name, head->rooted)) {
            Alternative alternative;
            const FunctionSet::Constant* known = scope_.functions().constant(candidate);
            alternative.constant = known != nullptr ? &known->value : scope_.default_of(candidate);
            alternative.qualified = candidate.find('.') != std::string::npos;
            alternative.name = std::move(candidate);
            alternative.fields.assign(fields.begin() + static_cast<std::ptrdiff_t>(taken), fields.end());
            made->alternatives.push_back(std::move(alternative));
        }
    }
    if (made->alternatives.size() == 1 && fields.empty()) {
        made->op = Op::kVariable;
        made->name = made->alternatives.front().name;
        if (const Value* standard = made->alternatives.front().constant) {
            made->constant = standard->borrowed();
            made->optional = true;
        }
    }
    return made;
}

Node* Planner::select(Expr& expr) {
    if (const Expr* head = path_head(expr);
        head != nullptr && !head->resolved && (head->rooted || local(head->name) == nullptr)) {
        return qualified(expr);
    }
    Node* made = make(expr.test ? Op::kTest : Op::kSelect);
    made->attribute = true;
    made->name = expr.name;
    made->optional = expr.optional;
    made->first = visit(*expr.target);
    return made;
}

Node* Planner::index(Expr& expr) {
    Node* made = make(Op::kIndex);
    made->attribute = true;
    made->optional = expr.optional;
    made->first = visit(*expr.target);
    made->second = visit(*expr.arguments[0]);
    const ValueKind key = made->second->constant.kind();
    if (made->second->op == Op::kConstant && key != ValueKind::kString && key != ValueKind::kInt &&
        key != ValueKind::kUint && key != ValueKind::kBool && key != ValueKind::kDouble) {
        fail(*expr.arguments[0], "invalid qualifier type: nothing has such a key");
    }
    return made;
}

Node* Planner::children(Expr& expr, Op op) {
    Node* made = make(op);
    made->children.reserve(expr.arguments.size());
    for (Expr* argument : expr.arguments) {
        made->children.push_back(visit(*argument));
    }
    return made;
}

Node* Planner::message(Expr& expr) {
    Node* made = make(Op::kMessage);
    made->message = scope_.message(*expr.target);
    if (made->message == nullptr) {
        Path path;
        read_path(*expr.target, path);
        fail(*expr.target, fmt::format("unknown type: {}", path.name));
        return made;
    }
    made->children.assign(made->message->fields.size(), nullptr);
    for (std::size_t at = 0; at < expr.arguments.size(); ++at) {
        const std::size_t field = made->message->field(expr.fields[at]);
        const Node* value = visit(*expr.arguments[at]);
        if (field == made->children.size()) {
            fail(*expr.arguments[at], fmt::format("undefined field '{}'", expr.fields[at]));
            return made;
        }
        made->children[field] = value;
    }
    return made;
}

Node* Planner::list_or_map(Expr& expr) {
    Node* made = children(expr, expr.kind == ExprKind::kList ? Op::kList : Op::kMap);
    made->optionals.assign(expr.optionals.begin(), expr.optionals.end());
    made->optional = std::ranges::find(made->optionals, 1) != made->optionals.end();
    return folded(made);
}

Node* Planner::fold(Expr& expr) {
    Node* made = make(Op::kFold);
    made->macro = expr.macro;
    made->filtered = expr.filtered;
    made->pairs = !expr.variable2.empty();
    made->first = visit(*expr.target);
    made->slot = new_slot();
    made->slot2 = made->pairs ? new_slot() : made->slot;
    locals_.push_back({expr.variable, made->slot, nullptr});
    if (made->pairs) {
        locals_.push_back({expr.variable2, made->slot2, nullptr});
    }
    if (expr.filtered) {
        made->second = visit(*expr.arguments[0]);
    }
    made->third = visit(*expr.arguments.back());
    locals_.resize(locals_.size() - (made->pairs ? 2 : 1));
    return made;
}

Node* Planner::bind(Expr& expr) {
    Node* made = make(expr.target != nullptr ? Op::kOptional : Op::kBind);
    made->macro = expr.macro;
    made->first = visit(expr.target != nullptr ? *expr.target : *expr.arguments[0]);
    made->slot = new_slot();
    locals_.push_back({expr.variable, made->slot, expr.target != nullptr ? nullptr : made->first});
    made->second = visit(*expr.arguments.back());
    locals_.pop_back();
    return made;
}

Node* Planner::block(Expr& expr) {
    Node* made = make(Op::kBlock);
    for (std::size_t at = 0; at + 1 < expr.arguments.size(); ++at) {
        const Node* computed = visit(*expr.arguments[at]);
        block_.push_back({{}, new_slot(), computed});
    }
    made->first = visit(*expr.arguments.back());
    block_.clear();
    return made;
}

}  // namespace cel
