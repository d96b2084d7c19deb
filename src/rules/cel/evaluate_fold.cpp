// SPDX-License-Identifier: 0BSD
// Comprehensions. The units of cost are those of the loops that cel-go makes of these macros.
#include "rules/cel/evaluation.hpp"
#include "rules/cel/map_index.hpp"
#include "rules/cel/operators.hpp"

namespace cel {
namespace {

// Reading the accumulator, judging it, building a list of one element: what a round takes beside its own expressions.
constexpr std::uint64_t kAllRound = 3;
constexpr std::uint64_t kExistsRound = 4;
constexpr std::uint64_t kAppendCost = 12;
constexpr std::uint64_t kCountCost = 2;
constexpr std::uint64_t kInsertCost = 3;
constexpr std::uint64_t kResultCost = 1;

}  // namespace

void Evaluation::set_variables(const Node& node, const Value& range, std::size_t at) {
    Slot& first = slot(node.slot);
    if (range.kind() == ValueKind::kList) {
        if (node.pairs) {
            first.value = Value::integer(static_cast<std::int64_t>(at));
            slot(node.slot2).value = range.element(at);
        } else {
            first.value = range.element(at);
        }
        return;
    }
    auto [key, value] = range.entry_at(at);
    first.value = std::move(key);
    if (node.pairs) {
        slot(node.slot2).value = std::move(value);
    }
}

Value Evaluation::fold(const Node& node) {
    const Value range = eval(*node.first);
    if (range.is_error()) {
        return range;
    }
    if (range.kind() != ValueKind::kList && range.kind() != ValueKind::kMap) {
        return no_such_overload("a comprehension needs a list or a map");
    }
    cost_ += kResultCost;
    switch (node.macro) {
        case Macro::kAll: return fold_logic(node, range, false);
        case Macro::kExists: return fold_logic(node, range, true);
        case Macro::kExistsOne: return fold_one(node, range);
        case Macro::kMap:
        case Macro::kFilter: return fold_list(node, range);
        case Macro::kTransformMap:
        case Macro::kTransformMapEntry: return fold_map(node, range);
        case Macro::kNone:
        case Macro::kOptMap:
        case Macro::kOptFlatMap: break;
    }
    return Value::error("unknown comprehension");
}

Value Evaluation::fold_logic(const Node& node, const Value& range, bool decisive) {
    Value error;
    const std::size_t size = range.size();
    for (std::size_t at = 0; at < size; ++at) {
        if (!charge(decisive ? kExistsRound : kAllRound)) {
            return cost_exceeded();
        }
        set_variables(node, range, at);
        Value judged = eval(*node.third);
        if (judged.kind() == ValueKind::kBool) {
            if (judged.as_bool() == decisive) {
                cost_ += at + 1 < size ? (decisive ? kExistsRound : kAllRound) - 1 : 0;
                return judged;
            }
        } else if (judged.is_fatal()) {
            return judged;
        } else if (!error.is_error()) {
            error = judged.is_error() ? std::move(judged) : no_such_overload(decisive ? "_||_" : "_&&_");
        }
    }
    return error.is_error() ? error : Value::boolean(!decisive);
}

Value Evaluation::fold_one(const Node& node, const Value& range) {
    std::size_t count = 0;
    const std::size_t size = range.size();
    for (std::size_t at = 0; at < size; ++at) {
        set_variables(node, range, at);
        Value judged = eval(*node.third);
        if (judged.kind() != ValueKind::kBool) {
            return judged.is_error() ? judged : no_such_overload("exists_one");
        }
        if (!charge(judged.as_bool() ? kCountCost : 0)) {
            return cost_exceeded();
        }
        count += judged.as_bool() ? 1 : 0;
    }
    ++cost_;
    return Value::boolean(count == 1);
}

Value Evaluation::fold_list(const Node& node, const Value& range) {
    std::vector<Value> out;
    const std::size_t size = range.size();
    const Node* filter = node.macro == Macro::kFilter ? node.third : node.second;
    if (filter == nullptr) {
        out.reserve(size);
    }
    for (std::size_t at = 0; at < size; ++at) {
        set_variables(node, range, at);
        if (filter != nullptr) {
            Value kept = eval(*filter);
            if (kept.kind() != ValueKind::kBool) {
                return kept.is_error() ? kept : no_such_overload("filter");
            }
            if (!kept.as_bool()) {
                if (!charge(0)) {
                    return cost_exceeded();
                }
                continue;
            }
        }
        Value element = node.macro == Macro::kFilter ? slot(node.slot).value : eval(*node.third);
        if (element.is_error()) {
            return element;
        }
        out.push_back(std::move(element));
        if (!charge(node.macro == Macro::kFilter ? kAppendCost + 1 : kAppendCost) || !keep(sizeof(Value))) {
            return cost_exceeded();
        }
    }
    return Value::list(std::move(out));
}

bool Evaluation::insert(std::vector<std::pair<Value, Value>>& entries, Value key, Value value, Value& error) {
    const ValueKind kind = key.kind();
    const bool extended = (kind == ValueKind::kDouble || kind == ValueKind::kNull) &&
                          plan_.scope->settings().lenient_maps && map_key(key).has_value();
    if (kind != ValueKind::kBool && kind != ValueKind::kInt && kind != ValueKind::kUint &&
        kind != ValueKind::kString && !extended) {
        error = Value::error("unsupported key type");
        return false;
    }
    entries.emplace_back(std::move(key), std::move(value));
    return true;
}

Value Evaluation::fold_map(const Node& node, const Value& range) {
    Entries out;
    MapIndex index;
    Value error;
    const auto place = [&](Value key, Value value) {
        const std::optional<MapKey> wanted = map_key(key);
        if (wanted && index.find(out, *wanted) != MapIndex::kNone) {
            error = Value::error("insert failed: the key already exists");
            return false;
        }
        if (!keep(sizeof(Entries::value_type))) {
            error = cost_exceeded();
            return false;
        }
        if (!insert(out, std::move(key), std::move(value), error)) {
            return false;
        }
        index.added(out);
        return true;
    };
    const std::size_t size = range.size();
    for (std::size_t at = 0; at < size; ++at) {
        set_variables(node, range, at);
        const Value kept = node.second != nullptr ? eval(*node.second) : Value::boolean(true);
        if (kept.kind() != ValueKind::kBool) {
            return kept.is_error() ? kept : no_such_overload("transformMap");
        }
        if (!charge(kInsertCost)) {
            return cost_exceeded();
        }
        if (!kept.as_bool()) {
            continue;
        }
        Value made = eval(*node.third);
        if (made.is_error()) {
            return made;
        }
        if (node.macro == Macro::kTransformMap) {
            if (!place(slot(node.slot).value, std::move(made))) {
                return error;
            }
            continue;
        }
        if (made.kind() != ValueKind::kMap) {
            return no_such_overload("transformMapEntry");
        }
        const std::size_t entries = made.size();
        if (!work(entries)) {
            return cost_exceeded();
        }
        for (std::size_t entry = 0; entry < entries; ++entry) {
            auto [key, value] = made.entry_at(entry);
            if (!place(std::move(key), std::move(value))) {
                return error;
            }
        }
    }
    return Value::map(std::move(out));
}

}  // namespace cel
