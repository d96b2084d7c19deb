// SPDX-License-Identifier: 0BSD
// Macros: calls that are no calls, because they bind variables or look at the syntax of their arguments.
#include <algorithm>

#include <fmt/format.h>

#include "rules/cel/parser_state.hpp"

namespace cel {
namespace {

struct FoldMacro {
    std::string_view name;
    Macro macro;
    std::size_t variables;
    std::size_t bodies;  // the last is what is computed; one before it filters
};

constexpr FoldMacro kFolds[] = {
    {"all", Macro::kAll, 1, 1},
    {"exists", Macro::kExists, 1, 1},
    {"exists_one", Macro::kExistsOne, 1, 1},
    {"existsOne", Macro::kExistsOne, 1, 1},
    {"map", Macro::kMap, 1, 1},
    {"map", Macro::kMap, 1, 2},
    {"filter", Macro::kFilter, 1, 1},
    {"all", Macro::kAll, 2, 1},
    {"exists", Macro::kExists, 2, 1},
    {"existsOne", Macro::kExistsOne, 2, 1},
    {"exists_one", Macro::kExistsOne, 2, 1},
    {"transformList", Macro::kMap, 2, 1},
    {"transformList", Macro::kMap, 2, 2},
    {"transformMap", Macro::kTransformMap, 2, 1},
    {"transformMap", Macro::kTransformMap, 2, 2},
    {"transformMapEntry", Macro::kTransformMapEntry, 2, 1},
    {"transformMapEntry", Macro::kTransformMapEntry, 2, 2},
};

const FoldMacro* fold_macro(std::string_view name, std::size_t arguments, bool two_variables) {
    for (const FoldMacro& macro : kFolds) {
        if (macro.name == name && macro.variables + macro.bodies == arguments &&
            (macro.variables == 1 || two_variables)) {
            return &macro;
        }
    }
    return nullptr;
}

}  // namespace

Expr* Parser::call(Expr* target, std::string_view name, std::uint32_t offset, std::vector<Expr*>& arguments) {
    if (options_.macros) {
        bool is_macro = false;
        Expr* made = target == nullptr ? global_macro(name, offset, arguments, is_macro)
                                       : member_macro(target, name, offset, arguments, is_macro);
        if (is_macro) {
            return made;
        }
    }
    Expr* made = ast_.make(ExprKind::kCall, offset);
    made->name = name;
    made->target = target;
    made->arguments = keep(arguments);
    return finish(made);
}

Expr* Parser::global_macro(std::string_view name, std::uint32_t, std::vector<Expr*>& arguments,
                           bool& is_macro) {
    if (name != "has" || arguments.size() != 1) {
        return nullptr;
    }
    is_macro = true;
    Expr* tested = arguments.front();
    if (tested->kind != ExprKind::kSelect || tested->test || tested->optional) {
        return fail(tested->offset, "invalid argument to has() macro");
    }
    tested->test = true;
    return tested;
}

std::string_view Parser::variable_of(const Expr& argument) {
    if (argument.kind != ExprKind::kIdent || argument.rooted) {
        fail(argument.offset, "argument must be a simple name");
        return {};
    }
    if (argument.name == "__result__") {
        fail(argument.offset, "iteration variable overwrites accumulator variable");
        return {};
    }
    return argument.name;
}

Expr* Parser::member_macro(Expr* target, std::string_view name, std::uint32_t offset,
                           std::vector<Expr*>& arguments, bool& is_macro) {
    if (target->kind == ExprKind::kIdent && target->name == "cel" && options_.bind_macros) {
        Expr* made = cel_macro(name, offset, arguments, is_macro);
        if (is_macro) {
            return made;
        }
    }
    if (const FoldMacro* found = fold_macro(name, arguments.size(), options_.two_variable_macros)) {
        is_macro = true;
        return fold(found->macro, target, found->variables, offset, arguments);
    }
    if (options_.farthest_macros && target->kind == ExprKind::kIdent && target->name == "math" &&
        (name == "least" || name == "greatest")) {
        is_macro = true;
        return farthest(target, name, offset, arguments);
    }
    if (options_.sort_macro && name == "sortBy" && arguments.size() == 2) {
        is_macro = true;
        return sort_by(target, offset, arguments);
    }
    const bool flat = name == "optFlatMap";
    if (options_.optional_syntax && (flat || name == "optMap") && arguments.size() == 2) {
        is_macro = true;
        Expr* made = ast_.make(ExprKind::kBind, offset);
        made->macro = flat ? Macro::kOptFlatMap : Macro::kOptMap;
        made->target = target;
        made->variable = variable_of(*arguments[0]);
        made->arguments = keep({arguments[1]});
        return failed_ ? nullptr : finish(made);
    }
    return nullptr;
}

Expr* Parser::fold(Macro macro, Expr* target, std::size_t variables, std::uint32_t offset,
                   std::vector<Expr*>& arguments) {
    Expr* made = ast_.make(ExprKind::kFold, offset);
    made->macro = macro;
    made->target = target;
    made->variable = variable_of(*arguments[0]);
    if (variables == 2) {
        made->variable2 = variable_of(*arguments[1]);
        if (!failed_ && made->variable == made->variable2) {
            return fail(arguments[1]->offset, fmt::format("duplicate variable name: {}", made->variable));
        }
    }
    made->filtered = arguments.size() == variables + 2;
    made->arguments =
        keep(std::vector<Expr*>(arguments.begin() + static_cast<std::ptrdiff_t>(variables), arguments.end()));
    return failed_ ? nullptr : finish(made);
}

// math.least and math.greatest take any number of numbers: three and more become a list (cel-go, ext/math).
Expr* Parser::farthest(Expr* target, std::string_view name, std::uint32_t offset,
                       std::vector<Expr*>& arguments) {
    if (arguments.empty()) {
        return fail(offset, fmt::format("math.{}() requires at least one argument", name));
    }
    const bool one_list = arguments.size() == 1 && arguments[0]->kind == ExprKind::kList;
    if (one_list && arguments[0]->arguments.empty()) {
        return fail(arguments[0]->offset, fmt::format("math.{}() invalid single argument value", name));
    }
    const auto may_be_number = [this](const Expr* argument) {
        if (argument->kind == ExprKind::kConstant) {
            const ValueKind kind = ast_.constants[argument->number].kind();
            return kind == ValueKind::kInt || kind == ValueKind::kUint || kind == ValueKind::kDouble;
        }
        return argument->kind != ExprKind::kList && argument->kind != ExprKind::kMap &&
               argument->kind != ExprKind::kMessage;
    };
    const std::span<Expr* const> numbers =
        one_list ? std::span<Expr* const>(arguments[0]->arguments) : std::span<Expr* const>(arguments);
    const auto wrong = std::ranges::find_if_not(numbers, may_be_number);
    if (wrong != numbers.end()) {
        return fail((*wrong)->offset,
                    fmt::format("math.{}() simple literal arguments must be numeric", name));
    }
    if (arguments.size() > 2) {
        Expr* all = ast_.make(ExprKind::kList, offset);
        all->arguments = keep(arguments);
        const std::vector<std::uint8_t> none(arguments.size(), 0);
        all->optionals = ast_.keep(std::span<const std::uint8_t>(none));
        if (finish(all) == nullptr) {
            return nullptr;
        }
        arguments = {all};
    }
    Expr* made = ast_.make(ExprKind::kCall, offset);
    made->name = name == "least" ? "@min" : "@max";
    made->target = target;
    made->arguments = keep(arguments);
    return finish(made);
}

// The list under a name of its own, sorted by the keys that are made of its elements.
Expr* Parser::sort_by(Expr* target, std::uint32_t offset, std::vector<Expr*>& arguments) {
    constexpr std::string_view kInput = "@__sortBy_input__";
    const auto input = [&] {
        Expr* made = ast_.make(ExprKind::kIdent, offset);
        made->name = kInput;
        return made;
    };
    Expr* keys = fold(Macro::kMap, input(), 1, offset, arguments);
    if (keys == nullptr) {
        return nullptr;
    }
    Expr* sorted = ast_.make(ExprKind::kCall, offset);
    sorted->name = "@sortByAssociatedKeys";
    sorted->target = input();
    sorted->arguments = keep({keys});
    if (finish(sorted) == nullptr) {
        return nullptr;
    }
    Expr* made = ast_.make(ExprKind::kBind, offset);
    made->variable = kInput;
    made->arguments = keep({target, sorted});
    return finish(made);
}

Expr* Parser::cel_macro(std::string_view name, std::uint32_t offset, std::vector<Expr*>& arguments,
                        bool& is_macro) {
    const auto whole_number = [&](const Expr& argument) {
        return argument.kind == ExprKind::kConstant &&
               ast_.constants[argument.number].kind() == ValueKind::kInt &&
               ast_.constants[argument.number].as_int() >= 0;
    };
    if (name == "bind" && arguments.size() == 3) {
        is_macro = true;
        Expr* made = ast_.make(ExprKind::kBind, offset);
        made->variable = variable_of(*arguments[0]);
        made->arguments = keep({arguments[1], arguments[2]});
        return failed_ ? nullptr : finish(made);
    }
    if (name == "block" && arguments.size() == 2) {
        is_macro = true;
        if (arguments[0]->kind != ExprKind::kList) {
            return fail(arguments[0]->offset, "cel.block takes a list of expressions");
        }
        Expr* made = ast_.make(ExprKind::kBlock, offset);
        std::vector<Expr*> all(arguments[0]->arguments.begin(), arguments[0]->arguments.end());
        all.push_back(arguments[1]);
        made->arguments = keep(all);
        return finish(made);
    }
    if (name == "index" && arguments.size() == 1 && whole_number(*arguments[0])) {
        is_macro = true;
        Expr* made = ast_.make(ExprKind::kBlockIndex, offset);
        const std::int64_t number = ast_.constants[arguments[0]->number].as_int();
        made->number = number < UINT32_MAX ? static_cast<std::uint32_t>(number) : UINT32_MAX;
        return made;
    }
    const bool is_name = (name == "iterVar" || name == "accuVar") && arguments.size() == 2 &&
                         whole_number(*arguments[0]) && whole_number(*arguments[1]);
    is_macro = is_name;
    return is_name ? block_name(name == "iterVar" ? "@it" : "@ac", offset, arguments) : nullptr;
}

Expr* Parser::block_name(std::string_view prefix, std::uint32_t offset, const std::vector<Expr*>& arguments) {
    Expr* made = ast_.make(ExprKind::kIdent, offset);
    made->name = ast_.keep(fmt::format("{}:{}:{}", prefix, ast_.constants[arguments[0]->number].as_int(),
                                       ast_.constants[arguments[1]->number].as_int()));
    return made;
}

}  // namespace cel
