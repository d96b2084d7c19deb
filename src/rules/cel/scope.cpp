// SPDX-License-Identifier: 0BSD
#include "rules/cel/scope.hpp"

namespace cel {

Scope::Scope(Settings settings, FunctionSet functions, std::vector<Variable> variables)
    : settings_(std::move(settings)), functions_(std::move(functions)) {
    for (Variable& variable : variables) {
        note_head(variable.name);
        variables_.insert_or_assign(std::move(variable.name), std::move(variable.type));
    }
    for (const std::string& name : functions_.names()) {
        note_head(name);
    }
    for (std::string prefix = settings_.container; !prefix.empty();) {
        prefixes_.push_back(prefix + ".");
        const std::size_t dot = prefix.rfind('.');
        prefix.resize(dot == std::string::npos ? 0 : dot);
    }
}

void Scope::note_head(std::string_view name) {
    if (const std::size_t dot = name.find('.'); dot != std::string_view::npos) {
        heads_.emplace(name.substr(0, dot));
    }
}

const Type* Scope::variable(std::string_view name) const {
    const auto found = variables_.find(name);
    return found == variables_.end() ? nullptr : &found->second;
}

const Value* Scope::default_of(std::string_view name) const {
    const auto found = defaults_.find(name);
    return found == defaults_.end() ? nullptr : &found->second;
}

std::vector<std::string> Scope::candidates(std::string_view name, bool rooted) const {
    std::vector<std::string> out;
    if (!rooted) {
        for (const std::string& prefix : prefixes_) {
            out.push_back(prefix + std::string(name));
        }
    }
    out.emplace_back(name);
    return out;
}

const WellKnown* Scope::message(const Expr& named) const {
    Path path;
    if (!read_path(named, path)) {
        return nullptr;
    }
    for (const std::string& candidate : candidates(path.name, path.rooted)) {
        if (const WellKnown* found = well_known(candidate)) {
            return found;
        }
    }
    return nullptr;
}

const Expr* path_head(const Expr& expr) {
    const Expr* at = &expr;
    while (at->kind == ExprKind::kSelect && !at->test && !at->optional) {
        at = at->target;
    }
    return at->kind == ExprKind::kIdent ? at : nullptr;
}

bool read_path(const Expr& expr, Path& path) {
    const Expr* head = path_head(expr);
    if (head == nullptr) {
        return false;
    }
    path.head = head->name;
    path.rooted = head->rooted;
    path.name.clear();
    for (const Expr* at = &expr; at != head; at = at->target) {
        path.name.insert(0, at->name);
        path.name.insert(0, ".");
    }
    path.name.insert(0, head->name);
    return true;
}

}  // namespace cel
