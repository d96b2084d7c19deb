// SPDX-License-Identifier: 0BSD
// Scope: the names that an environment declares, and how a name within its container is resolved.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "rules/cel/ast.hpp"
#include "rules/cel/environment.hpp"
#include "rules/cel/function.hpp"
#include "rules/cel/well_known.hpp"

namespace cel {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

class Scope {
public:
    Scope(Settings settings, FunctionSet functions, std::vector<Variable> variables);

    const Settings& settings() const { return settings_; }
    const FunctionSet& functions() const { return functions_; }
    const Type* variable(std::string_view name) const;
    // What a name may mean, the first first: "a.b.x", "a.x", "x" within the container "a.b".
    std::vector<std::string> candidates(std::string_view name, bool rooted) const;
    bool has_container() const { return !prefixes_.empty(); }
    // The message that a name means within the container, or nullptr.
    const WellKnown* message(const Expr& named) const;
    // Whether a declared variable, constant or function is called "head.…".
    bool qualifies(std::string_view head) const { return heads_.contains(head); }
    // Values of variables that the activation lacks.
    void set_default(std::string name, Value value) {
        defaults_.insert_or_assign(std::move(name), std::move(value));
    }
    const Value* default_of(std::string_view name) const;

private:
    template <class T>
    using ByName = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

    void note_head(std::string_view name);

    Settings settings_;
    FunctionSet functions_;
    ByName<Type> variables_;
    ByName<Value> defaults_;
    std::unordered_set<std::string, TextHash, std::equal_to<>> heads_;
    std::vector<std::string> prefixes_;  // "a.b.", "a."
};

// The name that a chain of selections spells, "a.b.c"; empty when it is none or `local` knows its head.
struct Path {
    std::string name;
    std::string_view head;
    bool rooted = false;
};
// False when the expression is no chain of plain selections from a name.
bool read_path(const Expr& expr, Path& path);
// The head of the chain, or nullptr.
const Expr* path_head(const Expr& expr);

}  // namespace cel
