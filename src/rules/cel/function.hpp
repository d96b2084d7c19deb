// SPDX-License-Identifier: 0BSD
// Functions of the language and its libraries: how they are declared, typed, priced and called.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/cel/type.hpp"
#include "rules/cel/value.hpp"

namespace re2 {
class RE2;
}

namespace cel {

// What a function may use of the evaluation that calls it.
class CallContext {
public:
    virtual ~CallContext() = default;
    // The compiled expression, from the program where its text was a constant, else from a small cache of this evaluation;
    // nullptr when the pattern is malformed or too large.
    virtual std::shared_ptr<const re2::RE2> regex(std::string_view pattern) = 0;
    // Pays for work beforehand. False: the limit is reached; the function answers cost_exceeded().
    virtual bool charge(std::uint64_t units) = 0;
    // The same for work that Kubernetes' cost does not count, such as comparing large lists: it has a bound of its own.
    virtual bool work(std::uint64_t elements) {
        (void)elements;
        return true;
    }
    // And for memory that values are about to take.
    virtual bool keep(std::uint64_t bytes) {
        (void)bytes;
        return true;
    }
};

// The error that ends an evaluation whose cost limit is reached; never absorbed by && and ||.
Value cost_exceeded();

// Arguments have the kinds of the overload's parameters (dyn and type parameters: any kind but error); a member function's
// target is the first. Answers a value or Value::error().
using Function = Value (*)(CallContext& context, std::span<const Value> arguments);

// What a call cost in Kubernetes' units, told after it; nullptr: one unit.
using CallCost = std::uint64_t (*)(std::span<const Value> arguments, const Value& result);

// Bounds of a size that is not known before the program runs: characters, elements, entries.
struct SizeEstimate {
    std::uint64_t least = 0;
    std::uint64_t most = UINT64_MAX;
};
struct CostEstimate {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
    SizeEstimate result = {};  // of the call's result, where it has a size
};
// What a call may cost, told from the sizes of its arguments when a program is compiled; nullptr: one unit.
using EstimatedCost = CostEstimate (*)(std::span<const SizeEstimate> arguments);

struct Overload {
    std::string id;        // as cel-go names it: "string_split_string_int"
    std::string function;  // "split", or "ip.isCanonical"
    bool member = false;   // called as target.function(…)
    std::vector<Type> parameters;
    Type result;
    Function call = nullptr;
    CallCost cost = nullptr;
    EstimatedCost estimate = nullptr;
    bool cross_type = false;  // the checker offers it only where numbers of different kinds may be compared
    bool unguarded = false;   // when it is called, what its lists and maps hold is not looked at
};

// The functions that an environment knows. Two overloads of one function never take the same arguments.
class FunctionSet {
public:
    // A second overload of the same id replaces the first.
    void add(Overload overload);
    // All overloads of that name and style, in the order in which they were added.
    std::span<const Overload> find(std::string_view function, bool member) const;
    bool knows(std::string_view function) const;
    // The names of all functions and constants.
    std::vector<std::string> names() const;

    // A global name that is a constant of a library: "optional.none" is a function, "net.IP" as a type is such a name.
    void add_constant(std::string name, Type type, Value value);
    struct Constant {
        Type type;
        Value value;
    };
    const Constant* constant(std::string_view name) const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace cel
