// SPDX-License-Identifier: 0BSD
#include "rules/cel/ast.hpp"

#include <cstring>

namespace cel {

std::string_view Ast::keep(std::string_view text) {
    if (text.empty()) {
        return {};
    }
    char* to = std::pmr::polymorphic_allocator<>(&arena).allocate_object<char>(text.size());
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
}

}  // namespace cel
