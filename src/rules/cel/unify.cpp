// SPDX-License-Identifier: 0BSD
#include "rules/cel/unify.hpp"

#include <algorithm>
#include <string>

namespace cel {
namespace {

bool is_parameter(const Type& type) { return type.kind() == TypeKind::kParameter; }
bool is_dyn(const Type& type) { return type.kind() == TypeKind::kDyn; }

// Whether null may stand for a value of the type.
bool nullable(const Type& type) {
    const TypeKind kind = type.kind();
    return kind == TypeKind::kNull || kind == TypeKind::kDuration || kind == TypeKind::kTimestamp ||
           kind == TypeKind::kOpaque || kind == TypeKind::kOptional;
}

bool equal_or_less_specific(const Type& left, const Type& right) {
    if (is_dyn(left) || is_parameter(left)) {
        return true;
    }
    if (is_dyn(right) || is_parameter(right)) {
        return false;
    }
    if (left.kind() != right.kind()) {
        return false;
    }
    if (left.kind() == TypeKind::kType) {
        return true;
    }
    if (left.name() != right.name() || left.parameters().size() != right.parameters().size()) {
        return false;
    }
    return std::ranges::equal(left.parameters(), right.parameters(), equal_or_less_specific);
}

}  // namespace

bool has_parameters(const Type& type) { return type.generic(); }

// A type of the same kind over other parameters.
Type substituted(const Type& type, const std::vector<Type>& parameters) {
    const TypeKind kind = type.kind();
    if (kind == TypeKind::kList) {
        return Type::list(parameters[0]);
    }
    if (kind == TypeKind::kMap) {
        return Type::map(parameters[0], parameters[1]);
    }
    if (kind == TypeKind::kOptional) {
        return Type::optional(parameters[0]);
    }
    return kind == TypeKind::kType ? Type::type_of(parameters[0])
                                   : Type::opaque(std::string(type.name()), parameters);
}

Type Unifier::fresh() { return Type::parameter("_var" + std::to_string(count_++)); }

Type Unifier::instantiate(const Type& type, Instance& instance) {
    if (is_parameter(type)) {
        for (const auto& [parameter, variable] : instance) {
            if (parameter.name() == type.name()) {
                return variable;
            }
        }
        instance.emplace_back(type, fresh());
        return instance.back().second;
    }
    if (!has_parameters(type)) {
        return type;
    }
    std::vector<Type> parameters;
    for (const Type& parameter : type.parameters()) {
        parameters.push_back(instantiate(parameter, instance));
    }
    return substituted(type, parameters);
}

bool Unifier::assignable(const Type& from, const Type& to) {
    Bindings before = bindings_;
    if (fits(from, to)) {
        return true;
    }
    bindings_ = std::move(before);
    return false;
}

const Type* Unifier::find(const Type& variable) const {
    for (const auto& [name, type] : bindings_) {
        if (name.name() == variable.name()) {
            return &type;
        }
    }
    return nullptr;
}

bool Unifier::occurs(const Type& variable, const Type& within) const {
    if (!step()) {
        return true;
    }
    if (is_parameter(within)) {
        if (within.name() == variable.name()) {
            return true;
        }
        const Type* bound = find(within);
        return bound != nullptr && occurs(variable, *bound);
    }
    return std::ranges::any_of(within.parameters(), [&](const Type& part) { return occurs(variable, part); });
}

Unifier::Bound Unifier::bind(const Type& type, const Type& variable) {
    if (is_parameter(type) && type.name() == variable.name()) {
        return {.valid = true, .had = true};
    }
    if (const Type* found = find(variable)) {
        const Type bound = *found;
        if (type == bound) {
            return {.valid = true, .had = true};
        }
        if (!fits(type, bound)) {
            return {.valid = false, .had = true};
        }
        const Type general = most_general(type, bound);
        if (!occurs(variable, general)) {
            for (auto& [name, known] : bindings_) {
                if (name.name() == variable.name()) {
                    known = general;
                }
            }
        }
        return {.valid = true, .had = true};
    }
    if (occurs(variable, type)) {
        return {};
    }
    bindings_.emplace_back(variable, type);
    return {.valid = true, .had = false};
}

bool Unifier::fits(const Type& from, const Type& to) {
    if (!step()) {
        return false;
    }
    if (is_parameter(to)) {
        const Bound bound = bind(from, to);
        if (bound.valid || bound.had) {
            return bound.valid;
        }
    }
    if (is_parameter(from)) {
        return bind(to, from).valid;
    }
    if (is_dyn(from) || is_dyn(to)) {
        return true;
    }
    if (from.kind() == TypeKind::kNull || to.kind() == TypeKind::kNull) {
        return nullable(from.kind() == TypeKind::kNull ? to : from);
    }
    if (from.kind() != to.kind()) {
        return false;
    }
    return from.kind() == TypeKind::kType || (from.name() == to.name() && fits_parameters(from, to));
}

bool Unifier::fits_parameters(const Type& from, const Type& to) {
    if (from.parameters().size() != to.parameters().size()) {
        return false;
    }
    for (std::size_t at = 0; at < from.parameters().size(); ++at) {
        if (!fits(from.parameters()[at], to.parameters()[at])) {
            return false;
        }
    }
    return true;
}

Type Unifier::most_general(const Type& left, const Type& right) {
    return right.kind() == TypeKind::kNull || equal_or_less_specific(left, right) ? left : right;
}

Type Unifier::substitute(const Type& type, bool free_to_dyn) const {
    if (!step()) {
        return Type::dyn();
    }
    if (is_parameter(type)) {
        const Type* bound = find(type);
        return bound != nullptr ? substitute(*bound, free_to_dyn) : free_to_dyn ? Type::dyn() : type;
    }
    if (!has_parameters(type)) {
        return type;
    }
    std::vector<Type> parameters;
    for (const Type& parameter : type.parameters()) {
        parameters.push_back(substitute(parameter, free_to_dyn));
    }
    return substituted(type, parameters);
}

}  // namespace cel
