// SPDX-License-Identifier: 0BSD
// The syntax tree of an expression, its macros recognised; the checker writes what it resolved into it.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "rules/cel/function.hpp"
#include "rules/cel/value.hpp"

namespace cel {

enum class ExprKind : std::uint8_t {
    kConstant,
    kIdent,       // name; a leading dot is kept in `rooted`
    kSelect,      // target.name; `test`: has(target.name); `optional`: target.?name
    kIndex,       // target[arguments[0]]; `optional`: target[?…]
    kCall,        // name(arguments), or target.name(arguments)
    kAnd,         // of all arguments
    kOr,          // of all arguments
    kTernary,     // arguments: condition, truthy, falsy
    kList,        // arguments; `optionals`
    kMap,         // arguments: key, value, key, value, …; `optionals` for each pair
    kMessage,     // name {…}: there are no messages; the checker says so
    kFold,        // macro over target; variables; arguments: filter or none, then what is computed
    kBind,        // cel.bind(variable, arguments[0], arguments[1]); optMap and optFlatMap with a target
    kBlock,       // cel.block(all arguments but the last, the last)
    kBlockIndex,  // cel.index(number)
};

enum class Macro : std::uint8_t {
    kNone,
    kAll,
    kExists,
    kExistsOne,
    kMap,  // also transformList
    kFilter,
    kTransformMap,
    kTransformMapEntry,
    kOptMap,
    kOptFlatMap,
};

struct Expr {
    ExprKind kind = ExprKind::kConstant;
    Macro macro = Macro::kNone;
    bool rooted = false;
    bool test = false;
    bool optional = false;
    bool filtered = false;       // kFold: arguments[0] is a filter
    bool resolved = false;       // by the checker: a global name (kIdent, kSelect)
    std::uint16_t height = 1;    // of the tree below
    std::uint32_t offset = 0;    // byte of the source
    std::uint32_t number = 0;    // kConstant: its place in Ast::constants; kBlockIndex
    std::string_view name;       // or the resolved name, qualified
    std::string_view variable;   // kFold, kBind
    std::string_view variable2;  // kFold over two variables
    Expr* target = nullptr;
    std::span<Expr*> arguments;
    std::span<std::uint8_t> optionals;   // 1: with a question mark
    std::span<std::string_view> fields;  // kMessage: their names, beside the arguments
    // What the checker found: overloads that fit, or the constant that a name stands for.
    std::span<const Overload* const> overloads;
    const Value* constant = nullptr;
};

// Owns the tree. Its texts lie in the source or in the arena.
struct Ast {
    std::pmr::monotonic_buffer_resource arena{2048};
    std::vector<Value> constants;
    Expr* root = nullptr;

    Expr* make(ExprKind kind, std::uint32_t offset) {
        auto* made = std::pmr::polymorphic_allocator<>(&arena).new_object<Expr>();
        made->kind = kind;
        made->offset = offset;
        return made;
    }
    std::string_view keep(std::string_view text);
    template <class T>
    std::span<T> keep(std::span<const T> items) {
        T* to = std::pmr::polymorphic_allocator<>(&arena).allocate_object<T>(items.size() + 1);
        std::uninitialized_copy(items.begin(), items.end(), to);
        return {to, items.size()};
    }
};

}  // namespace cel
