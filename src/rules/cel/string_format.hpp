// SPDX-License-Identifier: 0BSD
// string.format(): the text that a format and its arguments make.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "rules/cel/function.hpp"

namespace cel {

// The dialects of cel-go's strings library.
enum class FormatDialect {
    kEnglish,       // versions 1 to 3, which Kubernetes uses: grouped digits, lists and maps as literals
    kPlain,         // version 4, the specification's
    kPlainBounded,  // from version 5 on: at most 100 digits after the point
};

// "%s %.2f": the clauses s d f e b x X o, with a precision for f and e. An error where a clause is unknown, lacks its argument or
// cannot show its kind, or where the cost limit is reached.
Value format_text(CallContext& context, std::string_view format, const Value& arguments,
                  FormatDialect dialect);

// What is wrong with a constant format and a literal list of arguments, as the checker's validator says it: an unknown clause, a
// missing or surplus argument, a type that the clause cannot show. Nothing where it is right as far as types tell.
std::optional<std::string> check_format(std::string_view format, std::span<const Type> arguments,
                                        FormatDialect dialect);

}  // namespace cel
