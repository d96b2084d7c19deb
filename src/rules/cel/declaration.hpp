// SPDX-License-Identifier: 0BSD
// Declaration: short names for the types in the signatures of library functions, and one way to add them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/cel/function.hpp"
#include "rules/cel/library_cost.hpp"

namespace cel {

inline Type bool_type() { return Type::simple(TypeKind::kBool); }
inline Type int_type() { return Type::simple(TypeKind::kInt); }
inline Type uint_type() { return Type::simple(TypeKind::kUint); }
inline Type double_type() { return Type::simple(TypeKind::kDouble); }
inline Type string_type() { return Type::simple(TypeKind::kString); }
inline Type bytes_type() { return Type::simple(TypeKind::kBytes); }
inline Type duration_type() { return Type::simple(TypeKind::kDuration); }
inline Type timestamp_type() { return Type::simple(TypeKind::kTimestamp); }
inline Type strings_type() { return Type::list(string_type()); }

// Adds overloads to a set, each at the price that library_price() names.
class Declarations {
public:
    struct Traits {
        bool unguarded = false;  // Overload::unguarded
    };

    explicit Declarations(FunctionSet& functions) : functions_(functions) {}

    // target.function(…): the first parameter is the target.
    void member(std::string id, std::string function, std::vector<Type> parameters, Type result,
                Function call) {
        add(std::move(id), std::move(function), true, std::move(parameters), std::move(result), call, {});
    }
    void member(std::string id, std::string function, std::vector<Type> parameters, Type result,
                Function call, Traits traits) {
        add(std::move(id), std::move(function), true, std::move(parameters), std::move(result), call, traits);
    }
    void global(std::string id, std::string function, std::vector<Type> parameters, Type result,
                Function call) {
        add(std::move(id), std::move(function), false, std::move(parameters), std::move(result), call, {});
    }

private:
    void add(std::string id, std::string function, bool member, std::vector<Type> parameters, Type result,
             Function call, Traits traits) {
        const Price price = library_price(function, id);
        functions_.add(Overload{.id = std::move(id),
                                .function = std::move(function),
                                .member = member,
                                .parameters = std::move(parameters),
                                .result = std::move(result),
                                .call = call,
                                .cost = price.cost,
                                .estimate = price.estimate,
                                .unguarded = traits.unguarded});
    }

    FunctionSet& functions_;
};

}  // namespace cel
