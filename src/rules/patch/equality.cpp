// SPDX-License-Identifier: 0BSD
#include "rules/patch/equality.hpp"

#include <algorithm>

namespace patch {

namespace {

using model::Value;

template <class EqualScalars>
bool equal_trees(const Value& left, const Value& right, const EqualScalars& equal_scalars) {
    const auto equal = [&](const Value& a, const Value& b) { return equal_trees(a, b, equal_scalars); };
    if (left.is_object() && right.is_object()) {
        const model::Object& other = right.get_object();
        return left.get_object().size() == other.size() &&
               std::ranges::all_of(left.get_object(), [&](const auto& field) {
                   const Value* match = other.if_contains(field.key());
                   return match != nullptr && equal(field.value(), *match);
               });
    }
    if (left.is_array() && right.is_array()) {
        return std::ranges::equal(left.get_array(), right.get_array(), equal);
    }
    return !left.is_structured() && !right.is_structured() && equal_scalars(left, right);
}

}  // namespace

bool equal_json(const Value& left, const Value& right) {
    return equal_trees(left, right,
                       [](const Value& a, const Value& b) { return a.kind() == b.kind() && a == b; });
}

bool equal_values(const Value& left, const Value& right) {
    return equal_trees(left, right, [](const Value& a, const Value& b) {
        return a == b || (a.is_number() && b.is_number() && a.is_double() != b.is_double() &&
                          a.to_number<double>() == b.to_number<double>());
    });
}

}  // namespace patch
