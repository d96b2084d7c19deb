// SPDX-License-Identifier: 0BSD
// The library of sets (cel-go, ext/sets): lists compared without regard to order and repetition.
#include "rules/cel/declaration.hpp"
#include "rules/cel/libraries.hpp"
#include "rules/cel/scalar_set.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;

// A list as something to look values up in.
class Members {
public:
    explicit Members(const Value& list) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            const Value element = list.element(i);
            if (ScalarSet::takes(element)) {
                scalars_.insert(element);
            } else {
                others_.push_back(element);
            }
        }
    }

    std::uint64_t compared() const { return others_.size(); }

    bool contain(const Value& value) const {
        if (ScalarSet::takes(value)) {
            return scalars_.contains(value);
        }
        for (const Value& other : others_) {
            if (equal(other, value)) {
                return true;
            }
        }
        return false;
    }

private:
    ScalarSet scalars_;
    std::vector<Value> others_;
};

enum class Asked { kAll, kAny };

// Whether all or any of `sought` are in `list`; an error when that is too much work.
Value look_up(CallContext& context, const Value& list, const Value& sought, Asked asked) {
    const Members members(list);
    if (!pay_for_comparisons(context, saturating_multiply(members.compared(), sought.size()))) {
        return cost_exceeded();
    }
    for (std::size_t i = 0; i < sought.size(); ++i) {
        if (members.contain(sought.element(i)) == (asked == Asked::kAny)) {
            return Value::boolean(asked == Asked::kAny);
        }
    }
    return Value::boolean(asked == Asked::kAll);
}

Value contains(CallContext& context, Arguments arguments) {
    return look_up(context, arguments[0], arguments[1], Asked::kAll);
}

Value intersects(CallContext& context, Arguments arguments) {
    return look_up(context, arguments[1], arguments[0], Asked::kAny);
}

Value equivalent(CallContext& context, Arguments arguments) {
    const Value one_way = look_up(context, arguments[0], arguments[1], Asked::kAll);
    if (one_way.is_error() || !one_way.as_bool()) {
        return one_way;
    }
    return look_up(context, arguments[1], arguments[0], Asked::kAll);
}

}  // namespace

void add_sets(FunctionSet& functions) {
    const Type list = Type::list(Type::parameter("T"));
    Declarations declare(functions);
    declare.global("list_sets_contains_list", "sets.contains", {list, list}, bool_type(), contains);
    declare.global("list_sets_equivalent_list", "sets.equivalent", {list, list}, bool_type(), equivalent);
    declare.global("list_sets_intersects_list", "sets.intersects", {list, list}, bool_type(), intersects);
}

}  // namespace cel
