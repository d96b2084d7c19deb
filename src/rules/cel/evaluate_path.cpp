// SPDX-License-Identifier: 0BSD
// Paths: names, selections and indexes, with and without question marks.
#include <algorithm>

#include <fmt/format.h>

#include "rules/cel/evaluation.hpp"
#include "rules/cel/operators.hpp"

namespace cel {

Value Evaluation::variable(const Node& node) {
    ++cost_;
    if (std::optional<Value> found = variables_.find(node.name)) {
        return *std::move(found);
    }
    return node.optional ? node.constant.borrowed()
                         : Value::error(fmt::format("no such attribute(s): {}", node.name));
}

Value Evaluation::qualified(const Node& node) {
    const bool names = variables_.has_qualified_names();
    for (const Alternative& alternative : node.alternatives) {
        std::optional<Value> found;
        if (names || !alternative.qualified) {
            found = variables_.find(alternative.name);
        }
        if (!found && alternative.constant != nullptr) {
            found = alternative.constant->borrowed();
        }
        if (!found) {
            continue;
        }
        cost_ += alternative.fields.size() + 1;
        Value value = *std::move(found);
        for (const std::string& name : alternative.fields) {
            value = field(std::move(value), name, false);
        }
        return value;
    }
    return Value::error(fmt::format("no such attribute(s): {}", node.alternatives.back().name));
}

Value Evaluation::lazy(const Node& node) {
    ++cost_;
    Slot& bound = slot(node.slot);
    if (!bound.set) {
        Value value = eval(*node.first);
        bound.value = std::move(value);
        bound.set = true;
    }
    return bound.value;
}

// A field of an optional is optional: nothing where there is none. A list has no fields, not even absent ones.
Value Evaluation::field(Value target, std::string_view name, bool optional) {
    if (target.kind() == ValueKind::kOptional) {
        std::optional<Value> held = target.held();
        if (!held) {
            return Value::optional_none();
        }
        target = *std::move(held);
        optional = true;
    }
    if (target.kind() == ValueKind::kMap) {
        std::optional<Value> found = target.entry(name);
        if (found) {
            return optional ? Value::optional_of(*std::move(found)) : *std::move(found);
        }
        return optional ? Value::optional_none() : no_such_key(Value::string_view(name));
    }
    if (target.is_error()) {
        return target;
    }
    if (target.kind() == ValueKind::kList) {
        return no_such_index(Value::string_view(name));
    }
    return optional ? Value::optional_none() : no_such_key(Value::string_view(name));
}

// What a step of a path costs: one unit, and one more where the path starts at a value that is no name; nothing where an optional
// step finds nothing.
std::uint64_t Evaluation::step_cost(const Node& node, const Value& result) {
    const bool absent = result.kind() == ValueKind::kOptional && !result.held().has_value();
    return (absent ? 0 : 1) + (node.first->attribute ? 0 : 1);
}

// Whether the target is an optional that a path without question marks came upon: a value like others, which has no fields.
bool Evaluation::is_met(const Node& node, const Value& target) const {
    const Op op = node.first->op;
    return target.kind() == ValueKind::kOptional && (op == Op::kSelect || op == Op::kIndex) &&
           !optional_path_;
}

Value Evaluation::select(const Node& node) {
    Value target = eval(*node.first);
    if (is_met(node, target)) {
        optional_path_ = node.optional;
        return node.optional ? Value::optional_none() : no_such_key(Value::string_view(node.name));
    }
    const bool optional = node.optional || target.kind() == ValueKind::kOptional;
    Value result = field(std::move(target), node.name, node.optional);
    optional_path_ = optional;
    cost_ += step_cost(node, result);
    return result;
}

Value Evaluation::test(const Node& node) {
    Value target = eval(*node.first);
    cost_ += node.first->attribute ? 0 : 1;
    if (is_met(node, target)) {
        return Value::boolean(false);
    }
    if (target.kind() == ValueKind::kOptional) {
        std::optional<Value> held = target.held();
        if (!held) {
            cost_ -= std::min<std::uint64_t>(cost_, 1);
            return Value::boolean(false);
        }
        target = *std::move(held);
    }
    if (target.kind() == ValueKind::kMap) {
        return Value::boolean(target.entry(node.name).has_value());
    }
    if (target.kind() == ValueKind::kList) {
        return no_such_index(Value::string_view(node.name));
    }
    return target.is_error() ? target : Value::boolean(false);
}

// Behind an optional without a value no key is asked for.
Value Evaluation::index(const Node& node) {
    Value target = eval(*node.first);
    if (target.is_error()) {
        return target;
    }
    bool optional = node.optional;
    if (target.kind() == ValueKind::kOptional && !is_met(node, target)) {
        std::optional<Value> held = target.held();
        if (!held) {
            optional_path_ = true;
            cost_ += step_cost(node, target);
            return target;
        }
        target = *std::move(held);
        optional = true;
    }
    const Value key = eval(*node.second);
    optional_path_ = optional;
    cost_ -= node.second->attribute ? std::min<std::uint64_t>(cost_, 1) : 0;
    Value result = key.is_error() ? key : indexed(optional, target, key);
    cost_ += step_cost(node, result);
    return result;
}

Value Evaluation::indexed(bool optional, const Value& target, const Value& key) {
    std::optional<Value> found = find_element(target, key);
    if (!found) {
        return optional ? Value::optional_none() : no_such_element(target, key);
    }
    return optional && !found->is_error() ? Value::optional_of(*std::move(found)) : *std::move(found);
}

// The second operand is asked for only where the first holds nothing.
Value Evaluation::otherwise(const Node& node) {
    Value target = eval(*node.first);
    if (target.kind() != ValueKind::kOptional) {
        return target.is_error() ? target : no_such_overload("orValue");
    }
    ++cost_;
    std::optional<Value> held = target.held();
    if (!held) {
        return eval(*node.second);
    }
    return node.optional ? target : *std::move(held);
}

}  // namespace cel
