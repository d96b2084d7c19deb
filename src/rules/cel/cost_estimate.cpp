// SPDX-License-Identifier: 0BSD
#include "rules/cel/cost_estimate.hpp"

#include <algorithm>
#include <optional>

#include "rules/cel/library_cost.hpp"
#include "rules/cel/operators.hpp"

namespace cel {
namespace {

constexpr std::uint64_t kListCost = 10;
constexpr std::uint64_t kMapCost = 30;
constexpr std::uint64_t kMessageCost = 40;
// The most that a round of a comprehension takes beside its own expressions: reading, judging, appending.
constexpr std::uint64_t kRoundCost = 14;

struct Sized {
    std::uint64_t cost = 0;
    SizeEstimate size = {};
    SizeEstimate entry = {};  // of its elements, or keys and values
};

SizeEstimate joined(SizeEstimate left, SizeEstimate right) {
    return {std::min(left.least, right.least), std::max(left.most, right.most)};
}

std::uint64_t traversal_most(std::uint64_t size) {
    return size == UINT64_MAX ? UINT64_MAX : traversal_cost(size);
}

bool has_fixed_size(const Type& type) {
    const TypeKind kind = type.kind();
    return kind == TypeKind::kBool || kind == TypeKind::kInt || kind == TypeKind::kUint ||
           kind == TypeKind::kDouble || kind == TypeKind::kDuration || kind == TypeKind::kTimestamp;
}

class Estimator {
public:
    explicit Estimator(const Program::Plan& plan) : slots_(plan.slots), counted_(plan.slots) {}
    Sized visit(const Node& node);

private:
    Sized constant(const Value& value) const;
    Sized all(const Node& node);
    Sized select(const Node& node);
    Sized ternary(const Node& node);
    Sized compare(const Node& node);
    Sized binary(const Node& node);
    Sized literal(const Node& node);
    Sized fold(const Node& node);
    Sized bound(const Node& node);
    Sized otherwise(const Node& node);
    Sized lazy(const Node& node);
    Sized call(const Node& node);
    std::uint64_t add(std::uint64_t left, std::uint64_t right) const { return saturating_add(left, right); }

    std::vector<Sized> slots_;
    std::vector<bool> counted_;  // bound names whose expression has been paid for
};

Sized Estimator::constant(const Value& value) const {
    const std::uint64_t size = counted_size(value);
    Sized out{.cost = 0, .size = {size, size}, .entry = {}};
    if (value.kind() == ValueKind::kList && size > 0) {
        out.entry = {UINT64_MAX, 0};
        for (std::size_t at = 0; at < value.size(); ++at) {
            const std::uint64_t element = counted_size(value.element(at));
            out.entry = joined(out.entry, {element, element});
        }
    }
    return out;
}

Sized Estimator::all(const Node& node) {
    Sized out{.cost = 0, .size = {1, 1}, .entry = {}};
    for (const Node* child : node.children) {
        out.cost = add(out.cost, visit(*child).cost);
    }
    return out;
}

Sized Estimator::select(const Node& node) {
    Sized out = visit(*node.first);
    if (node.op == Op::kIndex) {
        out.cost = add(out.cost, visit(*node.second).cost);
    }
    out.cost = add(out.cost, 1);
    out.size = node.op == Op::kTest ? SizeEstimate{1, 1} : out.entry;
    out.entry = {};
    return out;
}

Sized Estimator::ternary(const Node& node) {
    const Sized condition = visit(*node.first);
    const Sized truthy = visit(*node.second);
    const Sized falsy = visit(*node.third);
    return {.cost = add(condition.cost, std::max(truthy.cost, falsy.cost)),
            .size = joined(truthy.size, falsy.size),
            .entry = joined(truthy.entry, falsy.entry)};
}

Sized Estimator::compare(const Node& node) {
    const Sized left = visit(*node.first);
    const Sized right = visit(*node.second);
    const std::uint64_t own = node.op == Op::kIn ? std::max<std::uint64_t>(right.size.most, 1)
                                                 : traversal_most(std::min(left.size.most, right.size.most));
    return {.cost = add(add(left.cost, right.cost), own), .size = {1, 1}, .entry = {}};
}

Sized Estimator::binary(const Node& node) {
    const Sized left = visit(*node.first);
    if (node.second == nullptr) {
        return {.cost = add(left.cost, 1), .size = {1, 1}, .entry = {}};
    }
    const Sized right = visit(*node.second);
    Sized out{.cost = add(left.cost, right.cost), .size = {1, 1}, .entry = {}};
    std::uint64_t own = node.fixed_price ? 1 : traversal_most(std::min(left.size.most, right.size.most));
    if (node.operation == &cel::add) {
        out.size = {add(left.size.least, right.size.least), add(left.size.most, right.size.most)};
        out.entry = joined(left.entry, right.entry);
        own = traversal_most(out.size.most);
    }
    out.cost = add(out.cost, std::max<std::uint64_t>(own, 1));
    return out;
}

Sized Estimator::literal(const Node& node) {
    const bool map = node.op == Op::kMap;
    Sized out{.cost = map ? kMapCost : kListCost, .size = {}, .entry = {UINT64_MAX, 0}};
    const std::uint64_t count = node.children.size() / (map ? 2 : 1);
    out.size = {node.optional ? 0 : count, count};
    for (std::size_t at = 0; at < node.children.size(); ++at) {
        const Sized child = visit(*node.children[at]);
        out.cost = add(out.cost, child.cost);
        out.entry = joined(out.entry, child.size);
    }
    if (node.children.empty()) {
        out.entry = {};
    }
    return out;
}

Sized Estimator::fold(const Node& node) {
    const Sized range = visit(*node.first);
    const Sized element{.cost = 0, .size = range.entry, .entry = {}};
    slots_[node.slot] = element;
    slots_[node.slot2] = element;
    if (node.pairs) {
        // The first variable is a position or a key: of one letter or of as many as an entry has.
        slots_[node.slot].size = joined(element.size, {1, 1});
    }
    const Sized filter = node.second != nullptr ? visit(*node.second) : Sized{};
    const Sized body = visit(*node.third);
    const std::uint64_t round = add(add(filter.cost, body.cost), kRoundCost);
    Sized out{.cost = add(add(range.cost, 2), saturating_multiply(range.size.most, round)),
              .size = {1, 1},
              .entry = {}};
    if (node.macro == Macro::kMap || node.macro == Macro::kTransformMap) {
        out.size = {0, range.size.most};
        out.entry = node.macro == Macro::kMap ? body.size : joined(body.size, slots_[node.slot].size);
    } else if (node.macro == Macro::kFilter) {
        out.size = {0, range.size.most};
        out.entry = range.entry;
    } else if (node.macro == Macro::kTransformMapEntry) {
        out.size = {};
        out.entry = body.entry;
    }
    return out;
}

Sized Estimator::bound(const Node& node) {
    if (node.op == Op::kBlock) {
        return visit(*node.first);
    }
    if (node.op == Op::kBind) {
        counted_[node.slot] = false;
        return visit(*node.second);
    }
    const Sized target = visit(*node.first);
    slots_[node.slot] = {.cost = 0, .size = target.size, .entry = target.entry};
    Sized out = visit(*node.second);
    out.cost = add(add(out.cost, target.cost), 2);
    return out;
}

// Paid for at its first use on the walk; uses on other branches of a ternary pay in their place at most as much.
Sized Estimator::lazy(const Node& node) {
    Sized out{.cost = 1, .size = slots_[node.slot].size, .entry = slots_[node.slot].entry};
    if (!counted_[node.slot]) {
        counted_[node.slot] = true;
        const Sized computed = visit(*node.first);
        slots_[node.slot] = {.cost = 0, .size = computed.size, .entry = computed.entry};
        out = {.cost = add(computed.cost, 1), .size = computed.size, .entry = computed.entry};
    }
    return out;
}

Sized Estimator::call(const Node& node) {
    std::vector<SizeEstimate> sizes;
    std::uint64_t cost = 0;
    for (const Node* child : node.children) {
        const Sized argument = visit(*child);
        sizes.push_back(argument.size);
        cost = add(cost, argument.cost);
    }
    std::optional<CostEstimate> most;
    for (const Candidate& candidate : node.candidates) {
        const Overload& overload = *candidate.overload;
        CostEstimate one = overload.estimate != nullptr
                               ? overload.estimate(sizes)
                               : CostEstimate{1, overload.cost != nullptr ? UINT64_MAX : 1, {}};
        if (has_fixed_size(overload.result)) {
            one.result = {1, 1};
        }
        most = most ? CostEstimate{std::min(most->least, one.least), std::max(most->most, one.most),
                                   joined(most->result, one.result)}
                    : one;
    }
    return {
        .cost = add(cost, most ? most->most : 0), .size = most ? most->result : SizeEstimate{}, .entry = {}};
}

Sized Estimator::otherwise(const Node& node) {
    const std::uint64_t cost = add(visit(*node.first).cost, visit(*node.second).cost);
    return {.cost = add(cost, 1), .size = {}, .entry = {}};
}

Sized Estimator::visit(const Node& node) {
    switch (node.op) {
        case Op::kConstant: return constant(node.constant);
        case Op::kVariable: return {.cost = 1, .size = {}, .entry = {}};
        case Op::kQualified: {
            std::uint64_t fields = 0;
            for (const Alternative& alternative : node.alternatives) {
                fields = std::max<std::uint64_t>(fields, alternative.fields.size());
            }
            return {.cost = fields + 1, .size = {}, .entry = {}};
        }
        case Op::kSlot: return {.cost = 1, .size = slots_[node.slot].size, .entry = slots_[node.slot].entry};
        case Op::kLazySlot: return lazy(node);
        case Op::kSelect:
        case Op::kTest:
        case Op::kIndex: return select(node);
        case Op::kAnd:
        case Op::kOr: return all(node);
        case Op::kTernary: return ternary(node);
        case Op::kNot: return {.cost = add(visit(*node.first).cost, 1), .size = {1, 1}, .entry = {}};
        case Op::kEqual:
        case Op::kNotEqual:
        case Op::kIn: return compare(node);
        case Op::kBinary: return binary(node);
        case Op::kList:
        case Op::kMap: return literal(node);
        case Op::kMessage: {
            std::uint64_t cost = kMessageCost;
            for (const Node* child : node.children) {
                cost = child != nullptr ? add(cost, visit(*child).cost) : cost;
            }
            return {.cost = cost, .size = {}, .entry = {}};
        }
        case Op::kFold: return fold(node);
        case Op::kBind:
        case Op::kOptional:
        case Op::kBlock: return bound(node);
        case Op::kOtherwise: return otherwise(node);
        case Op::kCall: return call(node);
    }
    return {.cost = UINT64_MAX, .size = {}, .entry = {}};
}

}  // namespace

std::uint64_t estimate_cost_max(const Program::Plan& plan) { return Estimator(plan).visit(*plan.root).cost; }

}  // namespace cel
