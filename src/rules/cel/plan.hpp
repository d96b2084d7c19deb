// SPDX-License-Identifier: 0BSD
// The plan of a program: what an evaluation walks. Immutable once it is made.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <re2/re2.h>

#include "rules/cel/ast.hpp"
#include "rules/cel/environment.hpp"
#include "rules/cel/scope.hpp"

namespace cel {

enum class Op : std::uint8_t {
    kConstant,
    kVariable,   // name, else `constant`
    kQualified,  // the first of `names` that is known, and the fields behind it
    kSlot,       // a variable of a comprehension
    kLazySlot,   // a bound name: `first` is computed at its first use
    kSelect,
    kTest,
    kIndex,
    kAnd,
    kOr,
    kTernary,
    kNot,
    kEqual,
    kNotEqual,
    kBinary,
    kIn,
    kList,
    kMap,
    kMessage,
    kFold,
    kBind,
    kOptional,   // optMap and optFlatMap
    kOtherwise,  // `first`.orValue(`second`); `optional`: .or
    kBlock,
    kCall,
};

struct Node;

// An overload, its parameters as sets of kinds.
struct Candidate {
    const Overload* overload = nullptr;
    std::vector<std::uint32_t> kinds;
    bool nested = false;  // elements or names of library types matter too
};

// A name that may be a variable, with the fields that would be selected from it.
struct Alternative {
    std::string name;
    std::vector<std::string> fields;
    const Value* constant = nullptr;
    bool qualified = false;  // the name itself has dots
};

struct Node {
    Op op = Op::kConstant;
    Macro macro = Macro::kNone;
    bool optional = false;  // kSelect, kIndex; kList and kMap: some element is
    bool filtered = false;
    bool pairs = false;        // kFold over two variables
    bool fixed_price = false;  // kBinary: one unit
    bool attribute = false;    // counts one unit less where a ternary or an index asks for it
    std::uint32_t slot = 0;
    std::uint32_t slot2 = 0;
    const Node* first = nullptr;
    const Node* second = nullptr;
    const Node* third = nullptr;
    Value (*operation)(const Value&, const Value&) = nullptr;
    std::uint64_t (*price)(const Value&, const Value&) = nullptr;
    const WellKnown* message = nullptr;
    Value constant;
    std::string name;
    std::vector<const Node*> children;
    std::vector<std::uint8_t> optionals;
    std::vector<Candidate> candidates;
    std::vector<Alternative> alternatives;
};

struct Regex {
    std::string_view pattern;  // of a constant
    std::shared_ptr<const re2::RE2> compiled;
};

struct Program::Plan {
    std::shared_ptr<const Scope> scope;
    std::deque<Node> nodes;
    const Node* root = nullptr;
    std::uint32_t slots = 0;
    std::vector<Regex> regexes;
    Type result = Type::dyn();
    std::uint64_t cost_max = 0;
    std::uint64_t memory_bytes_max = 0;
    std::uint64_t cost_estimate_max = UINT64_MAX;
};

std::shared_ptr<const re2::RE2> compile_regex(std::string_view pattern);

// Evaluates a plan. `cost`: the units that it took.
Value run(const Program::Plan& plan, const Variables& variables, std::uint64_t& cost);

}  // namespace cel
