// SPDX-License-Identifier: 0BSD
// Names, selections, logic, operators and literals.
#include <algorithm>

#include <fmt/format.h>

#include "rules/cel/evaluation.hpp"
#include "rules/cel/library_cost.hpp"
#include "rules/cel/map_index.hpp"
#include "rules/cel/operators.hpp"

namespace cel {
namespace {

// Units of cost that building a list or a map takes, whatever its size.
constexpr std::uint64_t kListCost = 10;
constexpr std::uint64_t kMapCost = 30;
constexpr std::uint64_t kMessageCost = 40;
// Of a list or a map beside its elements.
constexpr std::uint64_t kContentBytes = 96;
// How many elements may be looked at or joined for each unit of the cost limit.
constexpr std::uint64_t kWorkFactor = 8;

}  // namespace

Evaluation::Evaluation(const Program::Plan& plan, const Variables& variables)
    : plan_(plan), variables_(variables) {
    if (plan.slots > few_.size()) {
        many_.resize(plan.slots - few_.size());
    }
}

Value run(const Program::Plan& plan, const Variables& variables, std::uint64_t& cost) {
    Evaluation evaluation(plan, variables);
    Value result = evaluation.eval(*plan.root);
    cost = evaluation.cost();
    return cost > plan.cost_max ? cost_exceeded() : result;
}

bool Evaluation::work(std::uint64_t elements) {
    work_ = elements > UINT64_MAX - work_ ? UINT64_MAX : work_ + elements;
    return work_ / kWorkFactor <= plan_.cost_max;
}

Value Evaluation::eval(const Node& node) {
    switch (node.op) {
        case Op::kConstant: return node.constant.borrowed();
        case Op::kVariable: return variable(node);
        case Op::kQualified: return qualified(node);
        case Op::kSlot: ++cost_; return slot(node.slot).value;
        case Op::kLazySlot: return lazy(node);
        case Op::kSelect: return select(node);
        case Op::kTest: return test(node);
        case Op::kIndex: return index(node);
        case Op::kAnd: return logic(node, false);
        case Op::kOr: return logic(node, true);
        case Op::kTernary: return ternary(node);
        case Op::kNot: return negation(node);
        case Op::kEqual:
        case Op::kNotEqual: return equality(node);
        case Op::kBinary: return binary(node);
        case Op::kIn: return in(node);
        case Op::kList: return list(node);
        case Op::kMap: return map(node);
        case Op::kMessage: return message(node);
        case Op::kFold: return fold(node);
        case Op::kBind:
        case Op::kOptional: return bind(node);
        case Op::kOtherwise: return otherwise(node);
        case Op::kBlock: return eval(*node.first);
        case Op::kCall: return call(node);
    }
    return Value::error("unknown operation");
}

// One decisive term is the answer, even beside errors.
Value Evaluation::logic(const Node& node, bool decisive) {
    Value error;
    for (const Node* child : node.children) {
        Value term = eval(*child);
        if (term.kind() == ValueKind::kBool) {
            if (term.as_bool() == decisive) {
                return term;
            }
        } else if (term.is_fatal()) {
            return term;
        } else if (!error.is_error()) {
            error = term.is_error() ? std::move(term) : no_such_overload(decisive ? "_||_" : "_&&_");
        }
    }
    return error.is_error() ? error : Value::boolean(!decisive);
}

Value Evaluation::ternary(const Node& node) {
    Value condition = eval(*node.first);
    if (condition.kind() != ValueKind::kBool) {
        return condition.is_error() ? condition : no_such_overload("_?_:_");
    }
    const Node& branch = condition.as_bool() ? *node.second : *node.third;
    Value result = eval(branch);
    cost_ -= branch.attribute && branch.op != Op::kTernary ? 1 : 0;
    return result;
}

Value Evaluation::negation(const Node& node) {
    Value operand = eval(*node.first);
    ++cost_;
    if (operand.kind() == ValueKind::kBool) {
        return Value::boolean(!operand.as_bool());
    }
    return operand.is_error() ? operand : no_such_overload("!_");
}

Value Evaluation::equality(const Node& node) {
    Value left = eval(*node.first);
    Value right = eval(*node.second);
    if (left.is_error()) {
        return left;
    }
    if (right.is_error()) {
        return right;
    }
    cost_ += traversal_cost(std::min(counted_size(left), counted_size(right)));
    bool same = false;
    const bool shallow = left.kind() != ValueKind::kList && left.kind() != ValueKind::kMap &&
                         left.kind() != ValueKind::kOptional;
    if (shallow) {
        same = equal(left, right);
    } else {
        const std::uint64_t most =
            plan_.cost_max * kWorkFactor - std::min(work_, plan_.cost_max * kWorkFactor);
        std::uint64_t steps = most;
        same = equal_within(left, right, steps);
        work_ += most - steps;
        if (steps == 0) {
            return cost_exceeded();
        }
    }
    return Value::boolean(same == (node.op == Op::kEqual));
}

// What joining two values takes.
std::uint64_t joined_bytes(const Value& left, const Value& right) {
    if (left.kind() != right.kind()) {
        return 0;
    }
    if (left.kind() == ValueKind::kString) {
        return left.as_string().size() + right.as_string().size();
    }
    if (left.kind() == ValueKind::kBytes) {
        return left.as_bytes().size() + right.as_bytes().size();
    }
    return left.kind() == ValueKind::kList ? (left.size() + right.size()) * sizeof(Value) : 0;
}

Value Evaluation::binary(const Node& node) {
    Value left = eval(*node.first);
    Value right = node.second != nullptr ? eval(*node.second) : Value();
    if (left.is_error()) {
        return left;
    }
    if (right.is_error()) {
        return right;
    }
    // Paid beforehand: joining large texts and lists again and again would take all memory.
    if (!charge(node.price(left, right)) || !keep(node.operation == &add ? joined_bytes(left, right) : 0)) {
        return cost_exceeded();
    }
    return node.operation(left, right);
}

Value Evaluation::in(const Node& node) {
    Value wanted = eval(*node.first);
    Value range = eval(*node.second);
    if (wanted.is_error()) {
        return wanted;
    }
    if (range.kind() == ValueKind::kMap) {
        ++cost_;
        return Value::boolean(range.entry(wanted).has_value());
    }
    if (range.kind() != ValueKind::kList) {
        return range.is_error() ? range : no_such_overload("@in");
    }
    const std::size_t size = range.size();
    if (!charge(size)) {
        return cost_exceeded();
    }
    std::uint64_t steps = plan_.cost_max * kWorkFactor - std::min(work_, plan_.cost_max * kWorkFactor);
    const std::uint64_t most = steps;
    bool found = false;
    for (std::size_t at = 0; at < size && !found; ++at) {
        found = equal_within(wanted, range.element(at), steps);
    }
    work_ += most - steps;
    return steps == 0 ? cost_exceeded() : Value::boolean(found);
}

Value Evaluation::list(const Node& node) {
    std::vector<Value> elements;
    elements.reserve(node.children.size());
    for (std::size_t at = 0; at < node.children.size(); ++at) {
        Value element = eval(*node.children[at]);
        if (element.is_error()) {
            return element;
        }
        if (node.optional && node.optionals[at] != 0) {
            if (element.kind() != ValueKind::kOptional) {
                return no_such_overload("an optional element");
            }
            if (std::optional<Value> held = element.held()) {
                elements.push_back(*std::move(held));
            }
        } else {
            elements.push_back(std::move(element));
        }
    }
    cost_ += kListCost;
    if (!keep(kContentBytes + elements.capacity() * sizeof(Value))) {
        return cost_exceeded();
    }
    return Value::list(std::move(elements));
}

Value Evaluation::map(const Node& node) {
    std::vector<std::pair<Value, Value>> entries;
    entries.reserve(node.children.size() / 2);
    for (std::size_t at = 0; at + 1 < node.children.size(); at += 2) {
        Value key = eval(*node.children[at]);
        Value value = key.is_error() ? Value() : eval(*node.children[at + 1]);
        if (key.is_error() || value.is_error()) {
            return key.is_error() ? key : value;
        }
        if (node.optional && node.optionals[at / 2] != 0) {
            if (value.kind() != ValueKind::kOptional) {
                return no_such_overload("an optional entry");
            }
            std::optional<Value> held = value.held();
            if (!held) {
                continue;
            }
            value = *std::move(held);
        }
        Value error;
        if (!insert(entries, std::move(key), std::move(value), error)) {
            return error;
        }
    }
    cost_ += kMapCost;
    if (!keep(kContentBytes + entries.capacity() * sizeof(Entries::value_type))) {
        return cost_exceeded();
    }
    return distinct(std::move(entries));
}

Value Evaluation::distinct(std::vector<std::pair<Value, Value>> entries) const {
    MapIndex index;
    index.added(entries);
    bool repeated = false;
    for (std::size_t at = 0; at < entries.size() && !repeated; ++at) {
        repeated = index.find(entries, *map_key(entries[at].first)) != at;
    }
    if (!repeated) {
        return Value::map(std::move(entries));
    }
    if (!plan_.scope->settings().lenient_maps) {
        return Value::error("Failed with repeated key");
    }
    std::vector<std::pair<Value, Value>> last;
    MapIndex places;
    for (auto& [key, value] : entries) {
        const std::size_t place = places.find(last, *map_key(key));
        if (place != MapIndex::kNone) {
            last[place].second = std::move(value);
        } else {
            last.emplace_back(std::move(key), std::move(value));
            places.added(last);
        }
    }
    return Value::map(std::move(last));
}

Value Evaluation::message(const Node& node) {
    std::vector<Value> values(node.children.size());
    for (std::size_t at = 0; at < values.size(); ++at) {
        if (node.children[at] == nullptr) {
            continue;
        }
        values[at] = eval(*node.children[at]);
        if (values[at].is_error()) {
            return values[at];
        }
        const Type given = values[at].type();
        if (given.kind() != node.message->fields[at].kind && given.kind() != TypeKind::kNull) {
            return Value::error(fmt::format("unsupported type of field {}", node.message->fields[at].name));
        }
    }
    cost_ += kMessageCost;
    return node.message->make(values);
}

Value Evaluation::bind(const Node& node) {
    if (node.op == Op::kBind) {
        slot(node.slot).set = false;
        return eval(*node.second);
    }
    Value target = eval(*node.first);
    ++cost_;
    if (target.kind() != ValueKind::kOptional) {
        return target.is_error() ? target : no_such_overload("optMap");
    }
    std::optional<Value> held = target.held();
    if (!held) {
        return target;
    }
    slot(node.slot) = {*std::move(held), true};
    Value body = eval(*node.second);
    if (node.macro == Macro::kOptFlatMap || body.is_error()) {
        return body.kind() == ValueKind::kOptional || body.is_error() ? body : no_such_overload("optFlatMap");
    }
    ++cost_;
    return Value::optional_of(std::move(body));
}

}  // namespace cel
