// SPDX-License-Identifier: 0BSD
// Calls: operators of the language's own, and overloads of functions.
#include <algorithm>

#include <fmt/format.h>

#include "rules/cel/evaluation.hpp"
#include "rules/cel/library_cost.hpp"
#include "rules/cel/operators.hpp"
#include "rules/cel/planner.hpp"

namespace cel {
namespace {

std::uint64_t one(const Value&, const Value&) { return 1; }

// Orders go through texts as far as the shorter one.
std::uint64_t order_price(const Value& left, const Value& right) {
    const ValueKind kind = left.kind();
    return kind == ValueKind::kString || kind == ValueKind::kBytes
               ? traversal_cost(std::min(counted_size(left), counted_size(right)))
               : 1;
}

std::uint64_t add_price(const Value& left, const Value& right) {
    const ValueKind kind = left.kind();
    return kind == ValueKind::kString || kind == ValueKind::kBytes
               ? traversal_cost(counted_size(left) + counted_size(right))
               : 1;
}

struct Binary {
    std::string_view function;
    Value (*operation)(const Value&, const Value&);
    std::uint64_t (*price)(const Value&, const Value&);
};

constexpr Binary kBinaries[] = {
    {"_+_", add, add_price},
    {"_-_", subtract, one},
    {"_*_", multiply, one},
    {"_/_", divide, one},
    {"_%_", modulo, one},
    {"_<_", less, order_price},
    {"_<=_", less_or_equal, order_price},
    {"_>_", greater, order_price},
    {"_>=_", greater_or_equal, order_price},
};

std::uint32_t bit(ValueKind kind) { return 1U << static_cast<unsigned>(kind); }

std::uint32_t kinds_of(const Type& type) {
    switch (type.kind()) {
        case TypeKind::kDyn:
        case TypeKind::kParameter: return ~bit(ValueKind::kError);
        case TypeKind::kNull: return bit(ValueKind::kNull);
        case TypeKind::kBool: return bit(ValueKind::kBool);
        case TypeKind::kInt: return bit(ValueKind::kInt);
        case TypeKind::kUint: return bit(ValueKind::kUint);
        case TypeKind::kDouble: return bit(ValueKind::kDouble);
        case TypeKind::kString: return bit(ValueKind::kString);
        case TypeKind::kBytes: return bit(ValueKind::kBytes);
        case TypeKind::kDuration: return bit(ValueKind::kDuration);
        case TypeKind::kTimestamp: return bit(ValueKind::kTimestamp);
        case TypeKind::kType: return bit(ValueKind::kType);
        case TypeKind::kList: return bit(ValueKind::kList);
        case TypeKind::kMap: return bit(ValueKind::kMap);
        case TypeKind::kOptional: return bit(ValueKind::kOptional);
        case TypeKind::kOpaque: return bit(ValueKind::kOpaque);
    }
    return 0;
}

bool has_nested(const Type& type) {
    return type.kind() == TypeKind::kOpaque || std::ranges::any_of(type.parameters(), [](const Type& part) {
               return part.kind() != TypeKind::kDyn && part.kind() != TypeKind::kParameter;
           });
}

bool is_conversion(std::string_view function) {
    constexpr std::string_view kConversions[] = {"bool", "bytes",  "double",    "duration", "dyn",
                                                 "int",  "string", "timestamp", "type",     "uint"};
    return std::ranges::find(kConversions, function) != std::end(kConversions);
}

// The second operand of these is computed only where the first holds nothing.
bool is_otherwise(const Node& node) {
    return node.children.size() == 2 && node.candidates.size() == 1 &&
           (node.candidates[0].overload->id == "optional_orValue_value" ||
            node.candidates[0].overload->id == "optional_or_optional");
}

// Which argument of a function is a regular expression, counted with the target; SIZE_MAX: none.
std::size_t pattern_position(std::string_view function) {
    const bool second = function == "matches" || function == "find" || function == "findAll" ||
                        function == "regex.replace" || function == "regex.extract" ||
                        function == "regex.extractAll";
    return second ? 1 : SIZE_MAX;
}

}  // namespace

Node* Planner::operation(Expr& expr) {
    const std::string_view name = expr.name;
    if (expr.target != nullptr || name.empty() ||
        (name[0] != '_' && name[0] != '@' && name != "!_" && name != "-_")) {
        return nullptr;
    }
    Node* made = nullptr;
    if (name == "!_") {
        made = make(Op::kNot);
    } else if (name == "_==_" || name == "_!=_") {
        made = make(name == "_==_" ? Op::kEqual : Op::kNotEqual);
    } else if (name == "@in") {
        made = make(Op::kIn);
    } else if (name == "-_") {
        made = make(Op::kBinary);
        made->operation = [](const Value& operand, const Value&) { return negate(operand); };
        made->price = one;
        made->fixed_price = true;
    } else {
        const auto* found = std::ranges::find(kBinaries, name, &Binary::function);
        if (found == std::end(kBinaries)) {
            return nullptr;
        }
        made = make(Op::kBinary);
        made->operation = found->operation;
        made->price = found->price;
        made->fixed_price = found->price == one;
    }
    made->first = visit(*expr.arguments[0]);
    made->second = expr.arguments.size() > 1 ? visit(*expr.arguments[1]) : nullptr;
    return made;
}

void Planner::find_function(Expr& expr, std::span<const Overload>& overloads) {
    if (expr.target != nullptr) {
        const Expr* head = path_head(*expr.target);
        if (head != nullptr && (head->rooted || local(head->name) == nullptr) &&
            (scope_.has_container() || scope_.qualifies(head->name))) {
            Path path;
            read_path(*expr.target, path);
            for (const std::string& candidate :
                 scope_.candidates(path.name + "." + std::string(expr.name), path.rooted)) {
                overloads = scope_.functions().find(candidate, false);
                if (!overloads.empty()) {
                    expr.target = nullptr;
                    expr.name = ast_.keep(candidate);
                    return;
                }
            }
        }
        overloads = scope_.functions().find(expr.name, true);
        return;
    }
    for (const std::string& candidate : scope_.candidates(expr.name, expr.rooted)) {
        overloads = scope_.functions().find(candidate, false);
        if (!overloads.empty()) {
            expr.name = ast_.keep(candidate);
            return;
        }
    }
}

Node* Planner::call(Expr& expr) {
    if (Node* made = operation(expr)) {
        return made;
    }
    std::span<const Overload> all;
    if (expr.overloads.empty()) {
        find_function(expr, all);
    }
    Node* made = make(Op::kCall);
    made->name = expr.name;
    if (expr.target != nullptr) {
        made->children.push_back(visit(*expr.target));
    }
    for (Expr* argument : expr.arguments) {
        made->children.push_back(visit(*argument));
    }
    add_candidates(*made, expr, all, made->children.size());
    judge_function(*made, expr);
    if (is_otherwise(*made)) {
        made->op = Op::kOtherwise;
        made->optional = made->name == "or";
        made->first = made->children[0];
        made->second = made->children[1];
        return made;
    }
    compile_pattern(*made, expr);
    const bool conversion = made->children.size() == 1 && expr.target == nullptr && is_conversion(made->name);
    return conversion && scope_.settings().early_conversions && !failed_ ? converted(made, expr) : made;
}

// A conversion of a constant is one, and what cannot be converted is told at once.
Node* Planner::converted(Node* node, const Expr& expr) {
    if (node->children.front()->op != Op::kConstant) {
        return node;
    }
    const Value value = constant_value(*node);
    if (value.is_error()) {
        fail(expr, std::string(value.as_error()));
        return node;
    }
    return constant(value);
}

void Planner::fail(const Expr& expr, std::string what) {
    if (!failed_) {
        failed_ = true;
        problem_ = {base::ErrorCode::kInvalid, expr.offset, std::move(what)};
    }
}

Value Planner::constant_value(const Node& node) const {
    class Nothing final : public Variables {
        std::optional<Value> find(std::string_view) const override { return std::nullopt; }
    };
    const Nothing nothing;
    return Evaluation(plan_, nothing).eval(node);
}

void Planner::add_candidates(Node& node, const Expr& expr, std::span<const Overload> overloads,
                             std::size_t arguments) {
    const auto add = [&](const Overload& overload) {
        if (overload.parameters.size() != arguments) {
            return;
        }
        Candidate candidate{.overload = &overload, .kinds = {}, .nested = false};
        for (const Type& parameter : overload.parameters) {
            candidate.kinds.push_back(kinds_of(parameter));
            candidate.nested = candidate.nested || (!overload.unguarded && has_nested(parameter));
        }
        node.candidates.push_back(std::move(candidate));
    };
    for (const Overload* overload : expr.overloads) {
        add(*overload);
    }
    for (const Overload& overload : overloads) {
        add(overload);
    }
}

// What no call of a program can be: where names of functions are settled, one that nobody has, or not with so many arguments;
// elsewhere what cel-go finds while it plans: no arguments for a name that nobody has, or others than the one overload takes.
void Planner::judge_function(const Node& node, const Expr& expr) {
    const FunctionSet& functions = scope_.functions();
    if (!node.candidates.empty() || !scope_.settings().early_conversions) {
        return;
    }
    const auto members = functions.find(expr.name, true);
    const auto globals = functions.find(expr.name, false);
    if (scope_.settings().known_functions) {
        const bool unknown = members.empty() && globals.empty();
        fail(expr, unknown ? fmt::format("undeclared reference to '{}'", expr.name)
                           : fmt::format("no overload of '{}' is called so with {} arguments", expr.name,
                                         expr.arguments.size()));
        return;
    }
    const auto& only = members.empty() ? globals : members;
    const bool one = members.size() + globals.size() == 1 && only[0].id != "string_format" &&
                     only[0].id != "optional_none" && only[0].parameters.size() != node.children.size();
    if (one || (node.children.empty() && members.empty() && globals.empty())) {
        fail(expr, fmt::format("no such overload: {}", expr.name));
    }
}

// A constant pattern is compiled once, and told at once when it is none.
void Planner::compile_pattern(const Node& node, const Expr& expr) {
    const std::size_t at = pattern_position(node.name);
    if (at >= node.children.size() || node.children[at]->op != Op::kConstant ||
        node.children[at]->constant.kind() != ValueKind::kString) {
        return;
    }
    const std::string_view pattern = node.children[at]->constant.as_string();
    if (auto compiled = compile_regex(pattern)) {
        // Each may grow to a megabyte; more of them than people write are compiled when they are needed.
        constexpr std::size_t kPatternsKept = 32;
        if (plan_.regexes.size() < kPatternsKept) {
            plan_.regexes.push_back({pattern, std::move(compiled)});
        }
    } else if (scope_.settings().early_conversions && !node.candidates.empty()) {
        const std::size_t position = expr.target != nullptr ? at - 1 : at;
        fail(*expr.arguments[position], fmt::format("invalid {} argument", node.name));
    }
}

Node* Planner::folded(Node* node) {
    const bool known =
        std::ranges::all_of(node->children, [](const Node* child) { return child->op == Op::kConstant; });
    if (!known) {
        return node;
    }
    Value value = constant_value(*node);
    if (value.is_error()) {
        return node;
    }
    node->op = Op::kConstant;
    node->children.clear();
    node->constant = std::move(value);
    return node;
}

}  // namespace cel
