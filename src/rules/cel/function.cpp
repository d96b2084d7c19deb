// SPDX-License-Identifier: 0BSD
#include "rules/cel/function.hpp"

#include <unordered_map>
#include <utility>

#include "base/invariant.hpp"

namespace cel {
namespace {

struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
};

template <class T>
using ByName = std::unordered_map<std::string, T, NameHash, std::equal_to<>>;

constexpr std::string_view kCostExceeded = "cost limit exceeded";

}  // namespace

// Told apart from other errors by where its text lies.
Value cost_exceeded() { return Value::fatal(kCostExceeded); }

struct FunctionSet::State {
    struct Overloads {
        std::vector<Overload> of[2];  // global, member
    };
    ByName<Overloads> functions;
    ByName<Constant> constants;
};

void FunctionSet::add(Overload overload) {
    if (!state_) {
        state_ = std::make_shared<State>();
    } else if (state_.use_count() > 1) {
        state_ = std::make_shared<State>(*state_);  // copies of a set do not see later additions
    }
    base::invariant(overload.call != nullptr, "cel: an overload without code");
    auto& overloads = state_->functions[overload.function].of[overload.member ? 1 : 0];
    for (Overload& known : overloads) {
        if (known.id == overload.id) {
            known = std::move(overload);
            return;
        }
    }
    overloads.push_back(std::move(overload));
}

std::span<const Overload> FunctionSet::find(std::string_view function, bool member) const {
    if (!state_) {
        return {};
    }
    const auto found = state_->functions.find(function);
    if (found == state_->functions.end()) {
        return {};
    }
    return found->second.of[member ? 1 : 0];
}

bool FunctionSet::knows(std::string_view function) const {
    return state_ && state_->functions.contains(function);
}

std::vector<std::string> FunctionSet::names() const {
    std::vector<std::string> out;
    if (state_) {
        for (const auto& [name, overloads] : state_->functions) {
            out.push_back(name);
        }
        for (const auto& [name, constant] : state_->constants) {
            out.push_back(name);
        }
    }
    return out;
}

void FunctionSet::add_constant(std::string name, Type type, Value value) {
    if (!state_) {
        state_ = std::make_shared<State>();
    } else if (state_.use_count() > 1) {
        state_ = std::make_shared<State>(*state_);
    }
    state_->constants.insert_or_assign(std::move(name), Constant{std::move(type), std::move(value)});
}

const FunctionSet::Constant* FunctionSet::constant(std::string_view name) const {
    if (!state_) {
        return nullptr;
    }
    const auto found = state_->constants.find(name);
    return found == state_->constants.end() ? nullptr : &found->second;
}

}  // namespace cel
