// SPDX-License-Identifier: 0BSD
// Unifier: which types fit which, and what the type variables of a program stand for.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "rules/cel/type.hpp"

namespace cel {

class Unifier {
public:
    // A type variable that no other part of the program uses.
    Type fresh();
    // `type` with its parameters replaced by variables of `instance`; the first use of each makes one.
    using Instance = std::vector<std::pair<Type, Type>>;
    Type instantiate(const Type& type, Instance& instance);
    // Whether a value of `from` may stand where `to` is asked for; binds variables of both when it may, and none when not.
    bool assignable(const Type& from, const Type& to);
    // With every bound variable replaced; an unbound one becomes dyn when `free_to_dyn`.
    Type substitute(const Type& type, bool free_to_dyn) const;
    // The more general of two types that fit each other.
    static Type most_general(const Type& left, const Type& right);

    // To try: what was bound since can be forgotten.
    using Bindings = std::vector<std::pair<Type, Type>>;
    // False once types have grown so entangled that the work on them reached its bound; answers are arbitrary from then on.
    bool within_bounds() const { return steps_ < kStepsMax; }

    Bindings save() const { return bindings_; }
    void restore(Bindings bindings) { bindings_ = std::move(bindings); }

private:
    bool fits(const Type& from, const Type& to);
    bool fits_parameters(const Type& from, const Type& to);
    struct Bound {
        bool valid = false;
        bool had = false;
    };
    Bound bind(const Type& type, const Type& variable);
    const Type* find(const Type& variable) const;
    bool occurs(const Type& variable, const Type& within) const;

    // Types may double with each nested literal, and their trees with them: far beyond what expressions of people need.
    static constexpr std::uint32_t kStepsMax = 1'000'000;
    bool step() const { return ++steps_ < kStepsMax; }

    Bindings bindings_;
    std::uint32_t count_ = 0;
    mutable std::uint32_t steps_ = 0;
};

bool has_parameters(const Type& type);
Type substituted(const Type& type, const std::vector<Type>& parameters);

}  // namespace cel
