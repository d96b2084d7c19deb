// SPDX-License-Identifier: 0BSD
// Evaluation: one walk through a plan: its variables, its cost, its regular expressions.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rules/cel/function.hpp"
#include "rules/cel/plan.hpp"

namespace cel {

class Evaluation final : public CallContext {
public:
    Evaluation(const Program::Plan& plan, const Variables& variables);
    Value eval(const Node& node);
    std::uint64_t cost() const { return cost_; }

    std::shared_ptr<const re2::RE2> regex(std::string_view pattern) override;
    bool charge(std::uint64_t units) override {
        cost_ = units > UINT64_MAX - cost_ ? UINT64_MAX : cost_ + units;
        return cost_ <= plan_.cost_max;
    }
    bool work(std::uint64_t elements) override;
    bool keep(std::uint64_t bytes) override {
        kept_ = bytes > UINT64_MAX - kept_ ? UINT64_MAX : kept_ + bytes;
        return kept_ <= plan_.memory_bytes_max;
    }

private:
    // evaluate_path.cpp
    Value variable(const Node& node);
    Value qualified(const Node& node);
    Value lazy(const Node& node);
    Value select(const Node& node);
    Value field(Value target, std::string_view name, bool optional);
    Value test(const Node& node);
    Value index(const Node& node);
    static Value indexed(bool optional, const Value& target, const Value& key);
    Value otherwise(const Node& node);
    bool is_met(const Node& node, const Value& target) const;
    static std::uint64_t step_cost(const Node& node, const Value& result);
    // evaluate.cpp
    Value logic(const Node& node, bool decisive);
    Value ternary(const Node& node);
    Value negation(const Node& node);
    Value equality(const Node& node);
    Value binary(const Node& node);
    Value in(const Node& node);
    Value list(const Node& node);
    Value map(const Node& node);
    Value message(const Node& node);
    Value distinct(std::vector<std::pair<Value, Value>> entries) const;
    Value bind(const Node& node);
    // evaluate_call.cpp
    Value call(const Node& node);
    const Overload* choose(const Node& node, std::span<const Value> arguments) const;
    // evaluate_fold.cpp
    Value fold(const Node& node);
    Value fold_logic(const Node& node, const Value& range, bool decisive);
    Value fold_one(const Node& node, const Value& range);
    Value fold_list(const Node& node, const Value& range);
    Value fold_map(const Node& node, const Value& range);
    bool insert(std::vector<std::pair<Value, Value>>& entries, Value key, Value value, Value& error);
    void set_variables(const Node& node, const Value& range, std::size_t at);

    struct Slot {
        Value value;
        bool set = false;
    };
    Slot& slot(std::uint32_t number) {
        return number < few_.size() ? few_[number] : many_[number - few_.size()];
    }

    const Program::Plan& plan_;
    const Variables& variables_;
    std::uint64_t cost_ = 0;
    std::uint64_t work_ = 0;
    std::uint64_t kept_ = 0;
    bool optional_path_ =
        false;  // the path whose step was last taken has had an optional before it or a question mark
    std::array<Slot, 6> few_;
    std::vector<Slot> many_;
    std::vector<std::pair<std::string, std::shared_ptr<const re2::RE2>>> regexes_;
};

}  // namespace cel
