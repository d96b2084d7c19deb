// SPDX-License-Identifier: 0BSD
// ScalarSet: which of many scalars were seen already, by the language's ==, without comparing each with each.
#pragma once

#include <cstddef>
#include <unordered_set>

#include "rules/cel/value.hpp"

namespace cel {

class ScalarSet {
public:
    // Bool, numbers, string, bytes: what insert() and contains() may be asked for.
    static bool takes(const Value& value);
    // False when an equal value is in the set. NaN equals nothing and is never in it.
    bool insert(const Value& value);
    bool contains(const Value& value) const;

private:
    struct Hash {
        std::size_t operator()(const Value& value) const;
    };
    struct Equal {
        bool operator()(const Value& left, const Value& right) const { return equal(left, right); }
    };
    std::unordered_set<Value, Hash, Equal> values_;
};

}  // namespace cel
