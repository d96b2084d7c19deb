// SPDX-License-Identifier: 0BSD
// Calls: which function a name means, and which of its overloads fit.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "rules/cel/checker.hpp"

namespace cel {

Type Checker::no_overload(const Expr& expr, std::string_view function, const std::vector<Type>& arguments) {
    std::string signature;
    std::size_t at = 0;
    if (expr.kind == ExprKind::kCall && expr.target != nullptr && !arguments.empty()) {
        signature = shown(arguments[at++]) + ".";
    }
    signature += '(';
    for (std::size_t first = at; at < arguments.size(); ++at) {
        signature += at == first ? "" : ", ";
        signature += shown(arguments[at]);
    }
    return fail(expr.offset,
                fmt::format("found no matching overload for '{}' applied to '{})'", function, signature));
}

bool Checker::qualified_call(Expr& expr) {
    const Expr* head = path_head(*expr.target);
    if (head == nullptr || (!scope_.has_container() && !scope_.qualifies(head->name)) ||
        (!head->rooted && local(head->name) != nullptr)) {
        return false;
    }
    Path path;
    read_path(*expr.target, path);
    for (const std::string& candidate :
         scope_.candidates(path.name + "." + std::string(expr.name), path.rooted)) {
        if (!scope_.functions().find(candidate, false).empty()) {
            expr.name = ast_.keep(candidate);
            expr.target = nullptr;
            return true;
        }
    }
    return false;
}

Type Checker::call(Expr& expr) {
    const auto undeclared = [&] {
        return fail(expr.offset, fmt::format("undeclared reference to '{}' (in container '{}')", expr.name,
                                             scope_.settings().container));
    };
    std::span<const Overload> overloads;
    if (expr.target != nullptr && !qualified_call(expr)) {
        overloads = scope_.functions().find(expr.name, true);
    } else if (expr.rooted || !scope_.has_container()) {
        overloads = scope_.functions().find(expr.name, false);
    } else {
        for (const std::string& candidate : scope_.candidates(expr.name, expr.rooted)) {
            overloads = scope_.functions().find(candidate, false);
            if (!overloads.empty()) {
                expr.name = candidate == expr.name ? expr.name : ast_.keep(candidate);
                break;
            }
        }
    }
    std::vector<Type> arguments;
    arguments.reserve(expr.arguments.size() + 1);
    if (expr.target != nullptr) {
        arguments.push_back(visit(*expr.target));
    }
    if (overloads.empty() && !lenient_ && !failed_) {
        return undeclared();
    }
    const bool format = expr.name == "format" && expr.target != nullptr;
    format_depth_ += format ? 1 : 0;
    for (Expr* argument : expr.arguments) {
        arguments.push_back(visit(*argument));
    }
    format_depth_ -= format ? 1 : 0;
    if (format && scope_.settings().judged_literals) {
        formats_.push_back(&expr);
    }
    return failed_ || overloads.empty() ? Type::dyn() : resolve(expr, overloads, arguments);
}

bool Checker::fits(const Overload& overload, const std::vector<Type>& arguments, Type& result) {
    if (overload.parameters.size() != arguments.size()) {
        return false;
    }
    Unifier::Instance instance;
    Unifier::Bindings before = unifier_.save();
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        if (!unifier_.assignable(arguments[at], unifier_.instantiate(overload.parameters[at], instance))) {
            unifier_.restore(std::move(before));
            return false;
        }
    }
    result = unifier_.substitute(unifier_.instantiate(overload.result, instance), false);
    return true;
}

std::optional<Type> Checker::result_of(std::span<const Overload> overloads,
                                       const std::vector<Type>& arguments,
                                       std::vector<const Overload*>& fitting) {
    std::optional<Type> result;
    const bool cross = scope_.settings().cross_type_comparison;
    for (const Overload& overload : overloads) {
        Type type = Type::dyn();
        if ((overload.cross_type && !cross) || !fits(overload, arguments, type)) {
            continue;
        }
        fitting.push_back(&overload);
        if (!result) {
            result = type;
        } else if (!(*result == type)) {
            result = Type::dyn();
        }
    }
    return result;
}

Type Checker::resolve(Expr& expr, std::span<const Overload> overloads, const std::vector<Type>& arguments) {
    std::vector<const Overload*> fitting;
    const std::optional<Type> result = result_of(overloads, arguments, fitting);
    if (!result) {
        return no_overload(expr, expr.name, arguments);
    }
    if (!lenient_) {
        expr.overloads = ast_.keep(std::span<const Overload* const>(fitting));
    }
    return *result;
}

namespace {

std::vector<Overload> index_overloads(bool optional_target, bool optional_result) {
    const Type element = Type::parameter("V");
    const Type key = Type::parameter("K");
    const Type result = optional_result ? Type::optional(element) : element;
    const auto target = [&](const Type& type) { return optional_target ? Type::optional(type) : type; };
    const auto overload = [&](std::vector<Type> parameters) {
        return Overload{.id = {}, .function = {}, .parameters = std::move(parameters), .result = result};
    };
    return {overload({target(Type::list(element)), Type::simple(TypeKind::kInt)}),
            overload({target(Type::map(key, element)), key})};
}

// Of target[key] and target[?key]; the later ones belong to optionals.
std::vector<Overload> index_overloads(bool question) {
    std::vector<Overload> all = index_overloads(false, question);
    std::ranges::move(index_overloads(true, true), std::back_inserter(all));
    return all;
}

}  // namespace

Type Checker::index_of_other(Expr& expr, const Type& target, const Type& key) {
    static const std::vector<Overload> kPlain = index_overloads(false);
    static const std::vector<Overload> kQuestion = index_overloads(true);
    constexpr std::size_t kWithoutOptionals = 2;
    // Of anything a plain index is anything.
    if (failed_ || (target.kind() == TypeKind::kDyn && !expr.optional)) {
        return Type::dyn();
    }
    std::span<const Overload> overloads = expr.optional ? kQuestion : kPlain;
    if (!scope_.settings().optional_syntax) {
        overloads = overloads.first(kWithoutOptionals);
    }
    std::vector<const Overload*> fitting;
    const std::optional<Type> result = result_of(overloads, {target, key}, fitting);
    return result ? *result : no_overload(expr, expr.optional ? "_[?_]" : "_[_]", {target, key});
}

}  // namespace cel
